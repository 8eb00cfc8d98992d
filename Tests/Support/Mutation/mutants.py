"""Makes many small changes to the sources, one at a time, and reports which test notices each.

See Tests/mutants for the usage, and docs/explanations/mutants.md for the method and the results.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from schemata import Mutant, draw, redraw, rewritten, support
from swift_source import module_folder

ROOTS = ("Sources", "simulators")
SUPPORT_FILE = "HearthMutants.swift"
# Suites that say nothing about single lines: they take long, need a browser or another project, or measure.
TOO_LONG = r"^(?:ChaosTests\b|CentralTests\.SchemathesisTests|HomeAssistantTests\.`In a real)"


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


# MARK: The sources


def sources(root):
    for top in ROOTS:
        for path in sorted((root / top).glob("*/**/*.swift")):
            if path.name != SUPPORT_FILE:
                name = str(path.relative_to(root))
                yield module_folder(name).split("/")[-1], name, path.read_text()


def copied(checkout, scratch):
    """Copies the checkout to the scratch folder. Its previous build stays, and so do changes there if the original is
    still the same."""
    scratch.mkdir(parents=True, exist_ok=True)
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=checkout, check=True, capture_output=True).stdout.decode().split("\0")
    names = {name for name in names if name and (checkout / name).is_file()} | {"Package.resolved"}
    for top in ROOTS + ("Tests",):
        for path in (scratch / top).glob("**/*"):
            if path.is_file() and path.name != SUPPORT_FILE and str(path.relative_to(scratch)) not in names:
                path.unlink()
    record = scratch / ".build" / "mutants.json"
    original = json.loads(record.read_text())["original"] if record.exists() else {}
    if any(not (checkout / name).exists() or (checkout / name).read_text() != text for name, text in original.items()):
        record.unlink()
        original = {}
    for name in names:
        old, new = checkout / name, scratch / name
        if name in original:
            continue
        if old.is_file() and not (new.is_file() and new.read_bytes() == old.read_bytes()):
            new.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(old, new)
    if not (scratch / ".venv").exists():
        (scratch / ".venv").symlink_to(checkout / ".venv")


class Schemata:
    """The changes in a scratch folder's sources, and the original files."""

    def __init__(self, root, seed, count, like=()):
        """- like: changes of an earlier draw, to be repeated instead of new ones."""
        self.root, self.record = root, root / ".build" / "mutants.json"
        if like:
            seed, count = "like " + hashlib.sha256(repr(like).encode()).hexdigest()[:12], len(like)
        self.seed, self.count = seed, count
        if self.record.exists():
            kept = json.loads(self.record.read_text())
            if (kept["seed"], kept["count"]) == (seed, count):
                self.original = kept["original"]
                self.mutants = [Mutant(**one) for one in kept["mutants"]]
                self.dropped = kept["dropped"]
                # Files may have been added, especially tests; `write` writes the changed ones again.
                return
            for path, text in kept["original"].items():
                (root / path).write_text(text)
        for path in list(root.glob("*/**/" + SUPPORT_FILE)):
            path.unlink()
        files = list(sources(root))
        if like:
            self.mutants, gone = redraw(files, like)
            for one in gone:
                say(f"  gone: {one.number} {one.file}: {one.change}")
        else:
            self.mutants = draw(files, seed, count)
        changed = {mutant.file for mutant in self.mutants}
        self.original = {path: text for _, path, text in files if path in changed}
        self.dropped = []
        self.keep()

    def keep(self):
        self.record.parent.mkdir(exist_ok=True)
        self.record.write_text(
            json.dumps(
                {
                    "seed": self.seed,
                    "count": self.count,
                    "original": self.original,
                    "mutants": [mutant.as_dict() for mutant in self.mutants],
                    "dropped": self.dropped,
                }
            )
        )

    def write(self):
        """Writes the files that differ, and returns the modules that this changed."""
        changed = set()
        for path, text in self.original.items():
            if self._put(path, rewritten(text, [mutant for mutant in self.mutants if mutant.file == path])):
                changed.add(module_folder(path))
        for module in sorted({module_folder(path) for path in self.original}):
            mine = [mutant for mutant in self.mutants if mutant.file.startswith(module + "/")]
            if self._put(f"{module}/{SUPPORT_FILE}", support(mine)):
                changed.add(module)
        return sorted(changed)

    def _put(self, path, text):
        file = self.root / path
        if file.exists() and file.read_text() == text:
            return False
        file.write_text(text)
        return True

    def restore(self):
        for path, text in self.original.items():
            self._put(path, text)
        for path in self.root.glob("*/**/" + SUPPORT_FILE):
            path.unlink()

    def drop(self, places):
        """Drops the changes on the lines of the compiler's errors, or the nearest ones before them."""
        gone = set()
        for path, line in places:
            here = [mutant for mutant in self.mutants if mutant.file == path]
            exact = [mutant for mutant in here if mutant.line <= line <= mutant.line + 2]
            above = [mutant for mutant in here if mutant.line <= line]
            gone.update(mutant.number for mutant in exact or above[-1:] or here)
        if not gone:
            return False
        self.dropped += [mutant.as_dict() for mutant in self.mutants if mutant.number in gone]
        self.mutants = [mutant for mutant in self.mutants if mutant.number not in gone]
        self.keep()
        return True


def errors(root, output):
    """The locations of a compiler's errors."""
    found = set()
    for path, line in re.findall(r"^(\S+?\.swift):(\d+):\d+: error:", output, re.M):
        found.add((os.path.relpath(path, root) if os.path.isabs(path) else path, int(line)))
    return sorted(found)


def check(schemata, module):
    """Whether one module compiles, given that its dependencies are built; changes that do not compile are dropped.

    A build ends at the first module that fails, and takes long to get to each: this asks all of them, by the commands of
    the build before and without an optimiser.
    """
    name = module.split("/")[1]
    plan = schemata.root / ".build" / "release.yaml"
    plans = plan.read_text() if plan.exists() else ""
    commands = re.findall(r'^    args: (\[".*?swiftc","-module-name","([\w-]+)",.*\])$', plans, re.M)
    found = [json.loads(line) for line, other in commands if other == name.replace("-", "_")]
    if not found:
        return
    alone, flags = {"-emit-dependencies", "-emit-module", "-c", "-parseable-output", "-emit-objc-header", "-O", "-g"}, []
    with_value = {"-emit-module-path", "-output-file-map", "-emit-objc-header-path", "-index-store-path", "-num-threads"}
    waiting = iter(found[0][1:])
    for flag in waiting:
        if flag in with_value:
            next(waiting)
        elif flag.startswith("-X"):
            flags += [flag, next(waiting)]
        elif flag.startswith("@"):
            # The list may be older than the generated file, and may name generated files that do not exist here.
            files = [shlex.split(line)[0] for line in pathlib.Path(flag[1:]).read_text().splitlines() if line]
            flags += sorted({*files, str(schemata.root / module / SUPPORT_FILE)})
        elif flag not in alone and flag != "-serialize-diagnostics":
            flags.append(flag)
    while True:
        run = subprocess.run(
            [found[0][0], "-emit-sil", "-Onone", "-o", os.devnull, *flags],
            cwd=schemata.root,
            text=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        mine = [error for error in errors(schemata.root, run.stderr) if error[0] in schemata.original]
        for path, line in mine:
            say(f"  does not compile: {path}:{line}")
        if not mine or not schemata.drop(mine):
            return
        schemata.write()


def build(schemata, command):
    """Builds and drops changes that do not compile, until everything compiles."""
    root = schemata.root
    for module in schemata.write():
        check(schemata, module)
    while True:
        schemata.write()
        say(f"building with {len(schemata.mutants)} changes")
        run = subprocess.run(command, cwd=root, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if run.returncode == 0:
            return
        for path, line in errors(root, run.stdout):
            say(f"  does not compile: {path}:{line}")
        if not schemata.drop([error for error in errors(root, run.stdout) if error[0] in schemata.original]):
            raise SystemExit(f"The build fails for a reason other than a change:\n{run.stdout[-6000:]}")


# MARK: The tests


class Tests:
    """The built tests, run by suite."""

    # The groups of those that run now, for whoever has to end early.
    running = set()

    @classmethod
    def end(cls, number, _frame):
        for group in list(cls.running):
            os.killpg(group, signal.SIGKILL)
        os._exit(128 + number)

    def __init__(self, root, environment, only):
        self.root = root
        binaries = pathlib.Path(
            subprocess.run(
                ["swift", "build", "-c", "release", "--show-bin-path"], cwd=root, text=True, check=True, capture_output=True
            ).stdout.strip()
        )
        self.binary = next(binaries.glob("*.xctest"))
        self.environment = {**os.environ, **environment, "HEARTH_BIN": str(binaries)}
        self.environment.pop("DATABASE_URL", None)
        # Scenes of a tenth of what `make test` plays say as much about one line.
        self.environment.setdefault("HEARTH_SIMULATION_SEEDS", "200")
        # A change may crash programs by the thousand, and nobody reads the reports.
        self.environment["SWIFT_BACKTRACE"] = "enable=no"
        listed = self._run(["--list-tests"], {}, 120)[1]
        self.suites = sorted(
            {
                name
                for name in re.findall(r"^(\w+\.(?:(?:`[^`]+`|\w+)(?=/))?)", listed, re.M)
                if re.search(only, name) and not re.search(TOO_LONG, name)
            }
        )

    def _run(self, arguments, variables, limit, stop_at=None):
        """Status (None after a time-out), output and duration. Its processes end with it."""
        began = time.monotonic()
        process = subprocess.Popen(
            [str(self.binary), "--testing-library", "swift-testing", *arguments],
            cwd=self.root,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.running.add(process.pid)
        lines, timed_out, stopped = [], threading.Event(), threading.Event()

        def end(late=False):
            if late:
                timed_out.set()
            # The group first, because it contains the processes that the tests started.
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

        clock = threading.Timer(limit, end, [True])
        clock.start()
        try:
            for line in process.stdout:
                # Without its colours.
                line = re.sub(r"\x1b\[[\d;]*m", "", line)
                lines.append(line)
                if stop_at and stop_at.search(line):
                    # Let it say what it found, and end what it started.
                    stopped.set()
                    clock.cancel()
                    clock = threading.Timer(5, end)
                    clock.start()
                    stop_at = None
            status = process.wait()
        finally:
            clock.cancel()
            end()
            self.running.discard(process.pid)
        if status == -signal.SIGKILL and not timed_out.is_set() and not stopped.is_set():
            raise SystemExit("The tests were killed from outside; run this again to continue.")
        return (None if timed_out.is_set() else status), "".join(lines), time.monotonic() - began

    FAILED = re.compile(r"^\S+ Test (.+?) recorded an issue")

    def run(self, suite, variables, limit, only=None, without=(), to_the_end=False):
        """The result of a suite: None if it passes, otherwise (test, failure).

        - only, without: names of tests.
        - to_the_end: continues after the first failure, and returns all failures as a list.
        """
        inside = re.escape(suite) + ("/" if not suite.endswith(".") else "[^/]*$")
        arguments = ["--filter", f"^{inside}" if only is None else "^" + re.escape(suite) + "/?`?" + re.escape(only)]
        for name in without:
            arguments += ["--skip", "^" + re.escape(suite) + "/?`?" + re.escape(name)]
        stop_at = None if to_the_end else self.FAILED
        status, output, seconds = self._run(arguments, variables, limit, stop_at)
        issues = [
            (self._name(match[1]), match.group())
            for match in re.finditer(r"^\S+ Test (.+?) recorded an issue.*$", output, re.M)
        ]
        if not issues and status != 0:
            running = set()
            for mark, test in re.findall(r"^(\S+) Test (.+?) (?:started\.$|passed after|failed after)", output, re.M):
                (running.add if mark == "◇" else running.discard)(self._name(test))
            how = f"ends with {status}: {output[-300:]}" if status is not None else f"does not end within {limit:.0f} s"
            running.discard("run")
            issues = [(sorted(running)[0] if running else suite, how)]
        if to_the_end:
            return issues, seconds
        return (issues[0] if issues else None), seconds

    @staticmethod
    def _name(told):
        # A case of a parameterised test: its values vary.
        told = re.sub(r"^case passing .* to (?=\")", "", told)
        return re.sub(r"(?: with \d+ argument| recorded).*", "", told).strip().strip('"')


def distances(root):
    """The distance of each test target from each module that it depends on."""
    command = ["swift", "package", "--ignore-lock", "describe", "--type", "json"]
    text = subprocess.run(command, cwd=root, text=True, check=True, capture_output=True).stdout
    targets = {one["name"]: one for one in json.loads(text[text.index("{") :])["targets"]}
    # A test also depends on the programs that it starts, although the manifest need not say so.
    found = {}
    for name, target in targets.items():
        if target["type"] != "test":
            continue
        near, waiting = {name: 0}, [name]
        while waiting:
            here = waiting.pop(0)
            for other in targets[here].get("target_dependencies", []):
                if other in targets and other not in near:
                    near[other] = near[here] + 1
                    waiting.append(other)
        found[name] = near
    return found


class Record:
    """The results for these changes in a file, so an interrupted run can continue."""

    def __init__(self, path, schemata):
        self.path, self.lock = path, threading.Lock()
        told = json.dumps([mutant.as_dict() for mutant in schemata.mutants])
        self.of = hashlib.sha256(told.encode()).hexdigest()
        kept = json.loads(path.read_text()) if path.exists() else {}
        self.entries = kept["entries"] if kept.get("of") == self.of else {}

    def add(self, key, entry):
        with self.lock:
            self.entries[key] = entry
            self.path.write_text(json.dumps({"of": self.of, "entries": self.entries}))


def baseline(tests, record, again, jobs):
    """Which changes each suite reaches with none active, and which tests fail nevertheless."""
    waiting = [suite for suite in tests.suites if again or suite not in record.entries]
    say(f"{len(waiting)} suites without a change")

    def one(suite):
        with tempfile.NamedTemporaryFile(prefix="hearth-reached.") as file:
            os.chmod(file.name, 0o666)
            skipped = []
            for attempt in (1, 2, 3):
                issues, seconds = tests.run(
                    suite, {"HEARTH_MUTANTS_REACHED": file.name}, 900, without=skipped, to_the_end=True
                )
                if not issues:
                    break
                # A test that fails twice without a change says nothing about changes.
                if attempt == 2:
                    skipped = sorted({test for test, _ in issues})
            reached = sorted({int(line) for line in pathlib.Path(file.name).read_text().split() if line.isdigit()})
        note = f", without {skipped}" if skipped else ""
        note += f", LEFT OUT: {issues[0]}" if issues else ""
        say(f"  {suite}: {seconds:.1f} s, comes by {len(reached)}{note}")
        return suite, {"seconds": seconds, "reached": reached, "sound": not issues, "skipped": skipped}

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for suite, told in pool.map(one, waiting):
            record.add(suite, told)
    return {suite: record.entries[suite] for suite in tests.suites}


def judged(mutant, tests, known, near, budget):
    """(test, suite, failure) of the first test that notices the change, or None, and the number of suites that reach it."""
    suites = [name for name, told in known.items() if told["sound"] and mutant.number in told["reached"]]

    def order(name):
        target = name.split(".")[0]
        away = near.get(target, {}).get(mutant.module, 9)
        return 0 if target == mutant.module + "Tests" else min(away, 3), known[name]["seconds"]

    suites.sort(key=order)
    spent = 0.0
    for suite in suites:
        if spent > budget:
            break
        usual = known[suite]["seconds"]
        on, limit = {"HEARTH_MUTANT": str(mutant.number)}, max(60, 8 * usual)
        failure, seconds = tests.run(suite, on, limit, without=known[suite]["skipped"])
        spent += seconds
        # A failure may be due to the machine, especially a time-out, so the test has to fail again.
        if failure and failure[0] != suite:
            again, seconds = tests.run(suite, on, limit, only=failure[0])
            spent += seconds
            failure = failure if again else None
        if failure:
            return (failure[0], suite, failure[1]), len(suites)
    return None, len(suites)


# MARK: The table


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def table(mutants, verdicts):
    rows = ["| # | module | place | change | noticed by |", "|---|---|---|---|---|"]
    for mutant in mutants:
        verdict = verdicts.get(str(mutant.number))
        if verdict is None:
            continue
        if verdict["test"]:
            target = verdict["suite"].rstrip(".")
            noticed = f"{target}: {verdict['test']}" if verdict["test"] != verdict["suite"] else target
        else:
            noticed = "**nobody**" + ("" if verdict["suites"] else " (no test comes by)")
        place = f"{'/'.join(mutant.file.split('/')[2:])}:{mutant.line}"
        change = cell(f"{mutant.kind}: {mutant.change}")
        rows.append(f"| {mutant.number} | {mutant.module} | {place} | {change} | {cell(noticed)} |")
    return "\n".join(rows)


def main():
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the seed of the draw (1)")
    parser.add_argument("--count", type=int, default=120, help="the number of changes to draw (120)")
    parser.add_argument("--scratch", help="the folder in which the changed copy is built and kept (.build-mutants)")
    parser.add_argument("--here", action="store_true", help="change this checkout itself, which must be a disposable copy")
    parser.add_argument("--build", default="swift build -c release --build-tests", help="the build command")
    parser.add_argument(
        "--like",
        help="instead of a new draw, repeat the changes of an earlier one in the current sources: the file mutants.json from "
        "its .build folder; with --only, some of them",
    )
    parser.add_argument("--only", help="only these changes, by number, separated by commas")
    parser.add_argument("--suites", default="", help="only suites that match this regular expression on Target.Suite")
    parser.add_argument("--again", action="store_true", help="record again which changes those suites reach, after tests have changed")
    parser.add_argument("--jobs", type=int, default=2, help="the number of parallel runs (2)")
    parser.add_argument("--budget", type=float, default=600, help="the maximum seconds of tests for one change (600)")
    parser.add_argument("--until", choices=["draw", "build", "baseline"], help="stop after this step")
    given = parser.parse_args()

    checkout = pathlib.Path.cwd()
    root = checkout if given.here else pathlib.Path(given.scratch or checkout / ".build-mutants").resolve()
    if not given.here:
        copied(checkout, root)
    like = []
    if given.like:
        like = [Mutant(**one) for one in json.loads(pathlib.Path(given.like).read_text())["mutants"]]
        like = [one for one in like if not given.only or str(one.number) in given.only.split(",")]
    schemata = Schemata(root, given.seed, given.count, like)
    say(f"seed {schemata.seed}: {len(schemata.mutants)} changes in {len({one.module for one in schemata.mutants})} modules")
    if given.until == "draw":
        for one in schemata.mutants:
            print(f"{one.number} {one.file}:{one.line} {one.kind}: {one.change}")
        return
    build(schemata, shlex.split(given.build))
    if given.until == "build":
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, Tests.end)
    tests = Tests(root, {}, given.suites)
    known = baseline(tests, Record(root / ".build" / "mutants-reached.json", schemata), given.again, given.jobs)
    if given.until == "baseline":
        return

    near = distances(root)
    record = Record(root / ".build" / "mutants-verdicts.json", schemata)
    verdicts = record.entries
    chosen = [one for one in schemata.mutants if not given.only or str(one.number) in given.only.split(",")]
    waiting = [one for one in chosen if given.only or str(one.number) not in verdicts]

    def judge(mutant):
        noticed, suites = judged(mutant, tests, known, near, given.budget)
        test, suite, how = noticed or (None, None, None)
        record.add(str(mutant.number), {"test": test, "suite": suite, "how": how, "suites": suites})
        found = f"{suite}: {test}" if test else f"NOBODY of {suites} suites"
        say(f"{mutant.number} {mutant.file}:{mutant.line} {mutant.change}: {found}")

    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        list(pool.map(judge, waiting))

    print()
    print(table(chosen, verdicts))
    told = [verdicts[str(one.number)] for one in chosen if str(one.number) in verdicts]
    noticed = sum(1 for one in told if one["test"])
    print(f"\nseed {schemata.seed}: noticed {noticed} of {len(told)}; {len(schemata.dropped)} more did not compile")
    sys.exit(0 if noticed == len(told) else 1)


if __name__ == "__main__":
    main()
