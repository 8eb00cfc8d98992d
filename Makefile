# Everything that one does with Hearth on a machine of one's own. `make` alone lists it.
# The work is in compose/; nothing here needs more than make itself.

.DEFAULT_GOAL := help
.PHONY: help demo up down status test check build measure bench-edge bench-central bench-comfort chaos simulation replay
.PHONY: fuzz schemathesis home-assistant control-cycle mutants boot er-diagram lint format clean

sources := Package.swift Sources Tests simulators $(wildcard Benchmarks)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s  %s\n", $$1, $$2 }' Makefile

demo: ## run the whole product here and show what flows; Ctrl-C ends all of it
	@compose/stack demo

up: ## start the product in the background; HEARTH_SIMULATORS=none for no simulated sensors
	@compose/stack up

down: ## end what `make up` started; the data stay in .run
	@compose/stack down

status: ## what of it runs
	@compose/stack status

test: ## run every test; ONLY=SetpointTests: one suite, one test or some, by name
	@compose/test $${ONLY:+--only "$$ONLY"}

check: ## what needs no database, in a few lines: format, manifest, scripts, documentation, tests
	@compose/test --check

build: ## build the programs
	swift build -c release

measure: ## measure the chain here: readings a second, memory, delay
	@Benchmarks/first-measurements

bench-edge: ## measure the gateway beside what this machine can do at best; BENCH_OPTIONS="--backlog 10000000"
	@Benchmarks/bench-edge $(BENCH_OPTIONS)

bench-central: ## measure the central service beside a bare COPY, raw readings and FastAPI, with many home devices; BENCH_OPTIONS="--only energy"
	@Benchmarks/bench-central $(BENCH_OPTIONS)

bench-comfort: ## how well rooms are held: hearth beside a tuned PI controller and a thermostat, as tables; BENCH_OPTIONS=one-mass for light rooms behind large emitters alone
	swift build -c release --product bench-comfort && .build/release/bench-comfort $(BENCH_OPTIONS)

chaos: ## real faults under load, as a table; HEARTH_CHAOS_ROUNDS (10) and HEARTH_CHAOS_KILLS (2000) say how many
	@HEARTH_CHAOS_ROUNDS=$${HEARTH_CHAOS_ROUNDS:-10} HEARTH_CHAOS_KILLS=$${HEARTH_CHAOS_KILLS:-2000} Tests/chaos

simulation: ## seeded scenes of the whole system, from anywhere; SEEDS=100000 says how many
	@HEARTH_SIMULATION_SEEDS=$${SEEDS:-10000} Tests/simulation

replay: ## one scene of the simulation again, and what happened in it; SEED=42
	@HEARTH_SIMULATION_SEEDS=1 HEARTH_SIMULATION_FIRST=$${SEED:?say which: make replay SEED=42} Tests/simulation

fuzz: ## feed the readers of all wires with inputs that are almost right; HEARTH_FUZZ_INPUTS (100000), HEARTH_FUZZ_SEED
	@Tests/fuzz

schemathesis: ## ask the service what its OpenAPI allows and forbids; HEARTH_SCHEMATHESIS_EXAMPLES (200) says how often
	@HEARTH_SCHEMATHESIS_EXAMPLES=$${HEARTH_SCHEMATHESIS_EXAMPLES:-200} Tests/long-schemathesis

home-assistant: ## show a gateway's rooms in a real Home Assistant, and set a temperature there
	@Tests/home-assistant

control-cycle: ## how punctual the control loop is under faults, as a table; HEARTH_CONTROL_CYCLES (120) says how long
	@HEARTH_CONTROL_CYCLES=$${HEARTH_CONTROL_CYCLES:-120} Tests/control-cycle

mutants: ## change the sources in COUNT (120) small ways drawn by SEED (1), and tell which test notices each, as a table
	@Tests/mutants --seed $${SEED:-1} --count $${COUNT:-120} $(MUTANTS_OPTIONS)

boot: ## boot the units under a real systemd, in a Debian 13 root without a Swift toolchain; needs root
	@Tests/boot

er-diagram: build ## write docs/reference/database.md and its picture from the schema that the migrations make
	@compose/dependencies --test
	@compose/database-reference

lint: ## check the format of the Swift code
	swift format lint --strict --recursive --parallel $(sources)

format: ## bring the Swift code into that format
	swift format --in-place --recursive --parallel $(sources)

clean: down ## end what runs; remove what was built and all data of `make up`
	rm -rf .build .run
