"""All changes at once: each is written into the source next to the original, and an environment variable selects the
active one (mutant schemata: Untch, Offutt and Harrold, 1993). One build serves them all."""

import random
import re
from dataclasses import asdict, dataclass

from swift_source import bodies, closing, masked

TURNED, MOVED, DROPPED, FIXED = "comparison turned", "bound moved", "branch dropped", "result fixed"

# The operators of the changes are numbered by these digits.
DIGITS = "⊕⊖⊗⊘⊙⊚⊛⊜⊝⊞"

NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "==", "&&": "||", "||": "&&"}
SHIFTED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}

# Code in which a wrong value has no effect on behaviour: log messages, compiler hints.
LEFT_ALONE = re.compile(
    r"\b(?:log|logger|Self\.log)\.|\b(?:precondition|preconditionFailure|assert|fatalError|reserveCapacity|print)\b"
    r"|^\s*(?:#|@|import\b|public import\b|infix\b|precedencegroup\b|typealias\b)|\bwhere\b|\boperator\b"
)
BOUND = re.compile(
    r"most|longest|largest|limit|smallest|least|shortest|maximum|minimum|\b(?:max|min)\(|[Cc]ount\b|\.\.[.<]"
    r"|(?<= )[<>]=? \d|(?<= )[!=]= \d|\b(?:prefix|suffix)\(|clamp"
)
CALLS_LEFT_ALONE = r"(?:\blog(?:ger)?\.\w+|\bprecondition|\bMetricFamily)(\()|\bvar description: String (\{)"
LITERAL = (
    r"(?<![\w.$])(\d[\d_]*(?:\.\d[\d_]*)?(?:e-?\d+)?)(?![\w.]|\.\d)(?!\s*:)"
    r"|(?<![\w.$])(\d[\d_]*)(?=\.\.[.<])"
)
# Words that begin a body that is not an expression.
STATEMENT = r"if\b|let\b|var\b|guard\b|for\b|while\b|do\b|defer\b|throw\b|switch\b"
BOUNDED = r"[Cc]ount\b|[Mm]ost|[Ll]ongest|[Ll]argest|[Ll]imit|[<>]=? \d"
FIXED_RESULTS = [
    (re.compile(r"^Bool$"), ["true", "false"]),
    (re.compile(r"\?$"), ["nil"]),
    (re.compile(r"^(?:Int\d*|UInt\d*|Double|Float)$"), ["0", "1"]),
    (re.compile(r"^String$"), ['""']),
    (re.compile(r"^\[(?:[^:\[\]]+|\(.+\))\]$"), ["[]"]),
    (re.compile(r"^\[[^(].*:.+\]$"), ["[:]"]),
    (re.compile(r"^Duration$"), [".zero"]),
]


@dataclass
class Mutant:
    number: int
    module: str
    file: str
    line: int
    kind: str
    change: str
    # (offset in the file, number of characters to replace, replacement)
    edits: list
    # Declarations needed in the module's generated file.
    declares: str = ""

    def as_dict(self):
        return asdict(self)


def _place(text, offset):
    return text.count("\n", 0, offset) + 1


def _shown(text, start, end):
    return " ".join(text[start:end].split())[:70]


def candidates(text):
    """All possible changes in one file, as (kind, offset, a function of the change's number)."""
    code = masked(text)
    lines = code.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    left_alone = {index for index, line in enumerate(lines) if LEFT_ALONE.search(line)}
    # A logger's call and a CustomStringConvertible conformance may span many lines.
    for match in re.finditer(CALLS_LEFT_ALONE, code):
        first, last = _place(code, match.start()), _place(code, closing(code, match.end() - 1))
        left_alone.update(range(first - 1, last))
    # Raw values, patterns and labels of switches.
    left_alone |= {index for index, line in enumerate(lines) if re.match(r"\s*(?:indirect\s+)?case\b", line)}
    # Code that is inlined into other modules cannot call internal declarations of this one.
    for match in re.finditer(r"@(?:inlinable|usableFromInline|_\w+|frozen)\b", code):
        brace = code.find("{", match.end())
        left_alone.update(range(_place(code, match.start()) - 1, _place(code, closing(code, brace)) if brace > 0 else 0))

    for index, line in enumerate(lines):
        if index in left_alone:
            continue
        begin = starts[index]
        for match in re.finditer(r"(?<=[\w)\]}?!\"'$ ]) (<=|>=|<|>|==|!=|&&|\|\|) (?=\S)", line):
            operator = match[1]
            if re.match(r"(?:nil|try|await|\.none)\b", line[match.end() :]) or not line[: match.start()].strip():
                continue
            where = begin + match.start(1)
            yield TURNED, where, _operator(text, where, operator, NEGATED[operator], TURNED)
            near = line[max(0, match.start() - 24) : match.end() + 24]
            # If the exact bound does not matter, as in sorting, the changed program would be equivalent.
            if operator in SHIFTED and re.search(BOUNDED, near) and not re.search(r"\$[01]|[<>]=? 0\b", near):
                yield MOVED, where, _operator(text, where, operator, SHIFTED[operator], MOVED)
        for match in re.finditer(LITERAL, line):
            literal = match[1] or match[2]
            value = float(literal.replace("_", ""))
            if value < 2 or not BOUND.search(line) or "timeout" in line.lower():
                continue
            # A default argument is compiled into other modules.
            if re.search(r"\w+: [^=:]+ = [^=]*$", line[: match.start()]) and not re.search(r"\b(?:let|var)\b", line):
                continue
            where = begin + match.start()
            yield MOVED, where, _literal(text, where, literal, line)
        match = re.match(r"\s*(?:\}\s*else\s+)?if (?=\S)(?!#)", line)
        if match:
            yield DROPPED, begin + match.end(), _branch(text, code, begin + match.end())
        match = re.match(r"\s*guard (?!let\b|var\b|case\b)([^,{}\n]+?) else \{", line)
        if match and not re.search(r"\b(?:try|await|let|case)\b", match[1]):
            yield DROPPED, begin + match.start(1), _guard(text, begin + match.start(1), begin + match.end(1))

    for start, brace, kind in bodies(code):
        if _place(code, brace) - 1 in left_alone:
            continue
        for pattern, results in FIXED_RESULTS:
            if pattern.search(kind) and not kind.startswith("some "):
                body = code[brace + 1 : closing(code, brace)]
                for result in results:
                    change = _result(_shown(text, start, brace), code, brace, body, result)
                    if change:
                        yield FIXED, brace, change
                break


def _operator(text, where, old, new, kind):
    def made(number):
        name = "≺" + "".join(DIGITS[int(digit)] for digit in str(number))
        logical = old in ("&&", "||")
        precedence = {"&&": "LogicalConjunction", "||": "LogicalDisjunction"}.get(old, "Comparison")
        if logical:
            function = (
                f"func {name} (_ a: Bool, _ b: @autoclosure () throws -> Bool) rethrows -> Bool "
                f"{{ hearthMutant({number}) ? try a {new} b() : try a {old} b() }}"
            )
        else:
            constraint = "Equatable" if old in ("==", "!=") else "Comparable"
            function = (
                f"func {name} <T: {constraint}>(_ a: T, _ b: T) -> Bool "
                f"{{ hearthMutant({number}) ? a {new} b : a {old} b }}"
            )
        begin = text.rfind("\n", 0, where) + 1
        end = text.find("\n", where)
        around = _shown(text, max(begin, where - 28), min(end, where + 34))
        declares = f"infix operator {name}: {precedence}Precedence\n{function}"
        return f"`{old}` → `{new}` in `{around}`", [(where, len(old), name)], declares

    return made


def _literal(text, where, literal, line):
    def made(number):
        whole = re.fullmatch(r"[\d_]+", literal) is not None
        value = literal.replace("_", "")
        # By one if the exact bound matters; otherwise far enough to have an effect.
        close = re.search(r"\.\.[.<]|(?<= )[<>]=? \d|[!=]= \d", line) and whole and int(value) < 1000
        changed = str(int(value) + 1 if close else int(value) * 2) if whole else repr(float(value) * 2)
        begin, end = text.rfind("\n", 0, where) + 1, text.find("\n", where)
        around = _shown(text, max(begin, where - 40), min(end, where + 25))
        edit = (where, len(literal), f"hearthMutated({number}, {literal}, {changed})")
        return f"`{literal}` → `{changed}` in `{around}`", [edit], ""

    return made


def _branch(text, code, where):
    def made(number):
        end = code.find("{", where)
        return f"never `if {_shown(text, where, end)}`", [(where, 0, f"!hearthMutant({number}), ")], ""

    return made


def _guard(text, start, end):
    def made(number):
        edits = [(start, 0, f"hearthMutant({number}) || ("), (end, 0, ")")]
        return f"without `guard {_shown(text, start, end)}`", edits, ""

    return made


def _result(name, code, brace, body, result):
    """At the beginning of the body, so that the whole function is skipped. Implicit results need a conditional instead."""
    if re.match(r"\s*(?:get|set|willSet|didSet|_read|switch|@)\b", body) or re.fullmatch(r"\s*", body):
        return None
    if body.strip() in ("true", "false", "nil", result, "[]"):
        return None
    explicit = re.search(r"(?:^|[\n{;])\s*return\b", body)
    if explicit or result == "nil" and name.startswith("init?"):
        return lambda number: (
            f"always `{result}` from `{name}`",
            [(brace + 1, 0, f" if hearthMutant({number}) {{ return {result} }};")],
            "",
        )
    first = re.match(rf"\s*(?!\s|{STATEMENT})((?:try\s+)?(?:await\s+)?)", body)
    if not first:
        return None
    return lambda number: (
        f"always `{result}` from `{name}`",
        [(brace + 1 + first.end(), 0, f"hearthMutant({number}) ? {result} : ")],
        "",
    )


def draw(files, seed, count):
    """`count` of the changes that the files allow, at most one per line and two close together in a function.

    - files: (module, path, text). Each module gets some, the larger ones more.
    """
    dice = random.Random(seed)
    found = {}
    for module, path, text in files:
        for kind, where, made in candidates(text):
            found.setdefault(module, {}).setdefault(kind, []).append((path, text, where, made))
    size = {module: sum(len(text) for name, _, text in files if name == module) ** 0.5 for module in found}
    chosen, taken = [], set()
    order = []
    for module in sorted(found):
        order += [module] * max(2, round(count * size[module] / sum(size.values())))
    dice.shuffle(order)
    while len(chosen) < count and found:
        module = order.pop() if order else dice.choice(sorted(found))
        if module not in found:
            continue
        kinds = found[module]
        kind = dice.choice(sorted(kinds))
        path, text, where, made = kinds[kind].pop(dice.randrange(len(kinds[kind])))
        if not kinds[kind]:
            del kinds[kind]
        if not kinds:
            del found[module]
        line = _place(text, where)
        if any((path, line + near) in taken for near in range(-3, 4)):
            if module in found:
                order.append(module)
            continue
        taken.add((path, line))
        chosen.append((module, path, line, kind, made))
    chosen.sort(key=lambda one: one[:3])
    mutants = []
    for number, (module, path, line, kind, made) in enumerate(chosen, 1):
        change, edits, declares = made(number)
        mutants.append(Mutant(number, module, path, line, kind, change, edits, declares))
    return mutants


def redraw(files, wanted):
    """The same changes in later sources, whatever else has changed in them: (those found, those that no longer exist).

    A change is found by its file name and its text, and keeps its number. Of several with the same text in one file, the
    one nearest to the former line is used.

    - files: (module, path, text).
    - wanted: changes of an earlier draw.
    """
    found, gone = [], []
    for old in wanted:
        name = old.file.rsplit("/", 1)[-1]
        again = []
        for module, path, text in files:
            if path.rsplit("/", 1)[-1] != name:
                continue
            for kind, where, made in candidates(text):
                if kind == old.kind:
                    change, edits, declares = _moved_as_far(old.change, *made(old.number))
                    if change == old.change:
                        line = _place(text, where)
                        again.append(Mutant(old.number, module, path, line, kind, change, edits, declares))
        if again:
            found.append(min(again, key=lambda one: abs(one.line - old.line)))
        else:
            gone.append(old)
    return found, gone


def _moved_as_far(wanted, change, edits, declares):
    """A literal's change, by the same amount as in an earlier version of this file; any other change unmodified."""
    ours, theirs = (re.fullmatch(r"(`[^`]+` → `)([\d.e-]+)(` in .*)", told) for told in (change, wanted))
    if not ours or not theirs or ours[1] != theirs[1] or ours[3] != theirs[3]:
        return change, edits, declares
    return wanted, [(where, length, new[: -len(ours[2]) - 1] + theirs[2] + ")") for where, length, new in edits], declares


def rewritten(text, mutants):
    """One file with its changes. No line is split, because a compiler error names the line of a change."""
    edits = sorted((edit for mutant in mutants for edit in mutant.edits), key=lambda edit: (edit[0], -edit[1]), reverse=True)
    for where, length, new in edits:
        text = text[:where] + new + text[where + length :]
    return text


SUPPORT = """\
// Generated by Tests/mutants. HEARTH_MUTANT is the number of the active change. With HEARTH_MUTANTS_REACHED, the path of a
// file, no change is active, and the numbers of those that are reached are appended to it.
import Glibc

enum HearthMutants {
    static let active: Int = {
        if getenv("HEARTH_MUTANTS_REACHED") != nil { return -1 }
        return getenv("HEARTH_MUTANT").flatMap { Int(String(cString: $0)) } ?? 0
    }()
    nonisolated(unsafe) private static let seen: UnsafeMutablePointer<UInt8> = {
        let all = UnsafeMutablePointer<UInt8>.allocate(capacity: 100_000)
        all.initialize(repeating: 0, count: 100_000)
        return all
    }()

    @inline(never)
    static func isOn(_ number: Int) -> Bool {
        if active == number { return true }
        // Two threads at the same time may write it twice.
        if active < 0, seen[number] == 0 {
            seen[number] = 1
            let file = open(getenv("HEARTH_MUTANTS_REACHED"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o666)
            let line = Array("\\(number)\\n".utf8)
            _ = write(file, line, line.count)
            _ = close(file)
        }
        return false
    }
}

@inline(__always)
func hearthMutant(_ number: Int) -> Bool { HearthMutants.active != 0 && HearthMutants.isOn(number) }

@inline(__always)
func hearthMutated<T>(_ number: Int, _ original: T, _ changed: T) -> T { hearthMutant(number) ? changed : original }
"""


def support(mutants):
    return SUPPORT + "".join("\n" + mutant.declares + "\n" for mutant in mutants if mutant.declares)
