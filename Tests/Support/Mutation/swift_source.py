"""The parts of Swift's syntax that changes need: code and text, and the results of functions."""

import re

OPENING = {"(": ")", "[": "]", "{": "}"}
QUOTE = re.compile(r'#*"')
INTERESTING = re.compile(r'//|/\*|#*"|#+/')


def masked(text):
    """The text with comments, string and regex literals blanked out: the same length, the same lines."""
    out = list(text)

    def blank(start, end):
        for index in range(start, end):
            if out[index] != "\n":
                out[index] = " "

    def end_of_string(start):
        """The end of the string literal that begins at `start`, including its interpolations."""
        pounds = 0
        while text[start + pounds] == "#":
            pounds += 1
        quote = '"""' if text.startswith('"""', start + pounds) else '"'
        closing, escape = quote + "#" * pounds, "\\" + "#" * pounds
        index = start + pounds + len(quote)
        while index < len(text):
            if text.startswith(escape + "(", index):
                index = end_of_parentheses(index + len(escape))
            elif text.startswith(escape, index):
                index += len(escape) + 1
            elif text.startswith(closing, index):
                return index + len(closing)
            else:
                index += 1
        return len(text)

    def end_of_parentheses(start):
        depth, index = 0, start
        while index < len(text):
            if QUOTE.match(text, index):
                index = end_of_string(index)
                continue
            depth += {"(": 1, ")": -1}.get(text[index], 0)
            index += 1
            if depth == 0:
                return index
        return len(text)

    index = 0
    while match := INTERESTING.search(text, index):
        index = match.start()
        if text.startswith("//", index):
            end = text.find("\n", index)
            end = len(text) if end < 0 else end
        elif text.startswith("/*", index):
            end, depth = index + 2, 1
            while depth and end < len(text):
                mark = text[end : end + 2]
                depth += {"/*": 1, "*/": -1}.get(mark, 0)
                end += 2 if mark in ("/*", "*/") else 1
        elif match.group().endswith('"'):
            end = end_of_string(index)
        else:
            pounds = len(match.group()) - 1
            end = text.find("/" + "#" * pounds, index + pounds + 1)
            end = len(text) if end < 0 else end + 1 + pounds
        blank(index, end)
        index = end
    return "".join(out)


def closing(code, start):
    """The offset of the bracket that closes the one at `start` of masked code."""
    waiting = []
    for index in range(start, len(code)):
        if code[index] in OPENING:
            waiting.append(OPENING[code[index]])
        elif waiting and code[index] == waiting[-1]:
            waiting.pop()
            if not waiting:
                return index
    return len(code) - 1


HEADER = re.compile(
    r"(?:\bfunc\s+[^\s(<]+\s*(?:<[^>{}]*>)?\s*\("
    r"|\bvar\s+\w+\s*:\s*(?P<property>[^={}\n]+?)\s*(?=\{)"
    r"|\binit(?P<maybe>\?)\s*(?:<[^>{}]*>)?\()"
)


def bodies(code):
    """Every function, computed property and failable initialiser: its offset, its opening brace, its result's type."""
    for match in HEADER.finditer(code):
        if match["property"] is not None:
            yield match.start(), code.index("{", match.end() - 1), match["property"].strip()
            continue
        end = closing(code, match.end() - 1)
        rest = re.compile(r"[^{}]*?(?=\{)").match(code, end + 1)
        # A protocol requirement has no body: the next brace would belong to another declaration.
        if not rest or re.search(r"\n\s*(?:\}|\n|@|(?:\w+\s+)*(?:func|var|let|init)\b)", rest.group()):
            continue
        if match["maybe"]:
            yield match.start(), rest.end(), "Self?"
            continue
        kind = re.search(r"->\s*(.+?)\s*(?:\bwhere\b.*)?$", rest.group(), re.S)
        if kind:
            yield match.start(), rest.end(), kind.group(1).strip()


def module_folder(path):
    """The folder of the module of the file at `path`, relative to the checkout; in `Sources`, within a wing."""
    parts = path.split("/")
    return "/".join(parts[: 3 if parts[0] == "Sources" else 2])
