# The commands for working with Hearth on your own machine; run `make` to list them.
# The scripts are in compose/; this file needs only make itself.

.DEFAULT_GOAL := help
.PHONY: help demo up down status test check build measure bench-edge bench-central bench-comfort chaos simulation replay
.PHONY: fuzz schemathesis home-assistant control-cycle mutants boot er-diagram lint format clean

sources := Package.swift Sources Tests simulators $(wildcard Benchmarks)

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s  %s\n", $$1, $$2 }' Makefile

demo: ## run the whole product here and show what happens; Ctrl-C stops it
	@compose/stack demo

up: ## start the product in the background; HEARTH_SIMULATORS=none leaves out the simulated sensors
	@compose/stack up

down: ## stop what `make up` started; the data stays in .run
	@compose/stack down

status: ## show which parts are running
	@compose/stack status

test: ## run every test, or with ONLY=SetpointTests those whose name matches
	@compose/test $${ONLY:+--only "$$ONLY"}

check: ## run the checks and tests that need no database
	@compose/test --check

build: ## build the three programs
	swift build -c release --product hearth-edge
	swift build -c release --product hearth-central
	swift build -c release --product hearth-simulate

measure: ## measure throughput, memory and latency from sensor to REST
	@Benchmarks/first-measurements

bench-edge: ## compare the gateway with this machine's upper bound; BENCH_OPTIONS="--backlog 10000000"
	@Benchmarks/bench-edge $(BENCH_OPTIONS)

bench-central: ## compare the central service with a bare COPY, raw readings and FastAPI; BENCH_OPTIONS="--only energy"
	@Benchmarks/bench-central $(BENCH_OPTIONS)

bench-comfort: ## compare heating with a tuned PI controller and a thermostat; BENCH_OPTIONS=one-mass: light rooms only
	swift build -c release --product bench-comfort && .build/release/bench-comfort $(BENCH_OPTIONS)

chaos: ## inject real faults under load; HEARTH_CHAOS_ROUNDS (10), HEARTH_CHAOS_KILLS (2000)
	@HEARTH_CHAOS_ROUNDS=$${HEARTH_CHAOS_ROUNDS:-10} HEARTH_CHAOS_KILLS=$${HEARTH_CHAOS_KILLS:-2000} Tests/chaos

simulation: ## simulate the whole system with random seeds; SEEDS=100000 (10000)
	@HEARTH_SIMULATION_SEEDS=$${SEEDS:-10000} Tests/simulation

replay: ## replay one seed of the simulation and print its events; SEED=42
	@HEARTH_SIMULATION_SEEDS=1 HEARTH_SIMULATION_FIRST=$${SEED:?say which: make replay SEED=42} Tests/simulation

fuzz: ## fuzz every decoder with almost valid input; HEARTH_FUZZ_INPUTS (100000), HEARTH_FUZZ_SEED
	@Tests/fuzz

schemathesis: ## test the service against its OpenAPI document; HEARTH_SCHEMATHESIS_EXAMPLES (200)
	@HEARTH_SCHEMATHESIS_EXAMPLES=$${HEARTH_SCHEMATHESIS_EXAMPLES:-200} Tests/long-schemathesis

home-assistant: ## test a gateway's rooms in a real Home Assistant
	@Tests/home-assistant

control-cycle: ## measure the control loop's jitter under faults; HEARTH_CONTROL_CYCLES (120)
	@HEARTH_CONTROL_CYCLES=$${HEARTH_CONTROL_CYCLES:-120} Tests/control-cycle

mutants: ## mutation testing: COUNT (120) small changes of the sources, drawn from SEED (1)
	@Tests/mutants --seed $${SEED:-1} --count $${COUNT:-120} $(MUTANTS_OPTIONS)

boot: ## boot the units under systemd in a Debian 13 root without a Swift toolchain; needs root
	@Tests/boot

er-diagram: build ## generate docs/reference/database.md and its diagram from the migrations
	@compose/dependencies --test
	@compose/database-reference

lint: ## check the formatting of the Swift code
	swift format lint --strict --recursive --parallel $(sources)

format: ## format the Swift code
	swift format --in-place --recursive --parallel $(sources)

clean: down ## stop what runs; delete the build and all data of `make up`
	rm -rf .build .run
