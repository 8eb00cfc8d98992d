"""Compares the GraphQL engine with graphql-core: the same documents over the same schema and data.

    compare.py write FOLDER SEED COUNT   writes schema.graphql, data.json and requests.json
    compare.py check FOLDER              reads responses.json, which answers requests.json one by one

What is compared: data with the order of its keys, whether a request is refused before it runs, and of errors their
paths and places. Not the words: they are each engine's own.
"""

import json
import pathlib
import random
import sys

from graphql import (
    GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLList, GraphQLNonNull, GraphQLObjectType,
    GraphQLUnionType, build_client_schema, build_schema, get_introspection_query, get_named_type, graphql_sync,
    print_schema,
)
from graphql.pyutils import Undefined

HERE = pathlib.Path(__file__).parent
SDL = (HERE / "schema.graphql").read_text()
INTROSPECTION = get_introspection_query(
    descriptions=True, specified_by_url=True, directive_is_repeatable=True, schema_description=True,
    input_value_deprecation=True)


def make_data(rng):
    """Objects nested as deeply as documents go, including nulls, failures and values of the wrong kind."""

    def bad(value, must):
        chance = rng.random()
        if chance < 0.04:
            return {"$error": "It is broken."}
        if chance < (0.07 if must else 0.15):
            return None
        return value

    def number():
        return rng.choice([0, 1, -5, 2147483647, 17, "no number", 2147483648, 3])

    def thing(depth):
        return rng.choice([house, person, stone])(depth)

    def several(make, depth, must=False):
        return bad([bad(make(depth), must) for _ in range(rng.randint(0, 3))], must)

    def house(depth):
        if depth <= 0:
            return None
        return {
            "__typename": "House", "id": bad(rng.choice(["h1", 5]), True), "name": bad("Höuse \"x\"\n\u0001😀", False),
            "rooms": several(room, depth - 1), "mustRooms": several(room, depth - 1, True),
            "mustList": several(room, depth - 1, True), "owner": bad(person(depth - 1), False),
            "mustOwner": bad(person(depth - 1), True), "colour": bad(rng.choice(["RED", "BLUE", "MAUVE"]), False),
            "matrix": bad([[1, None], None, [bad(2, False)]], False),
            "mustMatrix": bad([[1, 2], [bad(3, True)]], True),
        }

    def room(depth):
        return {
            "__typename": "Room", "name": bad("room", True), "size": bad(rng.choice([1.5, 2, -0.25, 1e30]), False),
            "area": bad(12.25, True), "house": house(depth - 1), "lit": bad(rng.choice([True, False]), False),
            "tags": bad(["a", bad("b", True)], False), "things": several(thing, depth - 1),
        }

    def person(depth):
        if depth <= 0:
            return None
        return {
            "__typename": "Person", "id": bad("p", True), "name": bad("Ada", False), "age": bad(number(), False),
            "mustAge": bad(number(), True), "friends": several(person, depth - 2),
            "mustFriends": several(person, depth - 2, True), "favourite": bad(thing(depth - 1), False),
            "colour": bad("GREEN", True),
        }

    def stone(depth):
        return {"__typename": "Stone", "weight": bad(3.5, False), "mustWeight": bad(4, True), "id": bad("s", True)}

    deep = 5
    either = lambda depth: rng.choice([house, person])(depth)
    return {
        "house": house(deep), "houses": [house(deep), house(deep)], "mustHouse": house(deep), "node": either(deep),
        "nodes": several(either, deep), "named": several(either, deep), "thing": thing(deep),
        "things": several(thing, deep, True), "mustThings": [thing(deep), thing(deep)], "person": person(deep),
        "number": 42, "broken": {"$error": "It is broken."}, "brokenMust": {"$error": "It is broken."},
        "second": house(3), "third": 3,
    }


class Generator:
    """Generates one document after the other."""

    def __init__(self, rng, schema):
        self.rng = rng
        self.schema = schema

    def request(self):
        self.fragments = {}
        self.variables = {}
        self.wrong = self.rng.random() < 0.35
        self.aliases = 0
        mutation = self.rng.random() < 0.1
        root = self.schema.mutation_type if mutation else self.schema.query_type
        selections = self.selections(root, self.rng.randint(1, 4))
        kind = "mutation" if mutation else "query"
        head = ""
        if self.variables:
            parts = [f"${name}: {kind}{default}" for name, (kind, default, _) in self.variables.items()]
            if self.spoil(0.05):
                parts.append("$unused: Int")
            if self.spoil(0.05):
                parts.append(self.rng.choice(["$odd: House", "$odd: Nothing", parts[0]]))
            if self.spoil(0.05):
                parts.pop()
            if parts:
                head = f"({', '.join(parts)})"
        name = "Main" if head or self.rng.random() < 0.5 or mutation else ""
        document = f"{kind} {name}{head} {selections}" if name else selections
        extra = [f"fragment {name} on {kind} {body}" for name, (kind, body) in self.fragments.items()]
        if self.spoil(0.04):
            extra.append("fragment Spare on House { id }")
        if self.spoil(0.04):
            extra.append(self.rng.choice(["{ number }", "query Main { number }", "type A { b: Int }"]))
        operation_name = None
        if self.rng.random() < 0.1 and name:
            extra.append("query Other { number }")
            operation_name = self.rng.choice(["Main", "Other", "Nobody", None])
        parts = [document] + extra
        self.rng.shuffle(parts)
        text = self.rng.choice(["\n", "\r\n", " ", "\n# a comment, with “words”\n", ",\ufeff"[:1]]).join(parts)
        if self.spoil(0.06):
            place = self.rng.randrange(len(text))
            text = text[:place] + self.rng.choice(["}", "\"", "$", "%", "..", "\x07", "{", "("]) + text[place:]
        values = {}
        for name, (_, _, value) in self.variables.items():
            if value is not Undefined:
                values[name] = value
        return {"query": text, "variables": values, "operationName": operation_name}

    def spoil(self, chance):
        return self.wrong and self.rng.random() < chance

    def selections(self, kind, depth):
        rng = self.rng
        parts = []
        fields = getattr(kind, "fields", {})
        names = list(fields)
        for _ in range(rng.randint(1, 5)):
            chance = rng.random()
            if chance < 0.06 or (not names and chance < 0.3):
                parts.append(rng.choice(["__typename", "t: __typename"]))
            elif (chance < 0.25 or not names) and depth > 0:
                parts.append(self.fragment(kind, depth - 1))
            elif names:
                name = rng.choice(names)
                if get_named_type(fields[name].type).name not in ("Int", "Float", "String", "ID", "Boolean", "Any",
                                                                    "Colour") and depth <= 0:
                    continue
                parts.append(self.field(name, fields[name], depth))
        if self.spoil(0.05):
            parts.append(rng.choice(["nothing", "...Nobody", "id: number", "x: id x: name", "__type", "... on Int { a }",
                                      "...Ring"]))
            if parts[-1] == "...Ring":
                self.fragments["Ring"] = (kind.name, "{ ... { ...Ring } }")
        return "{ " + rng.choice([" ", ", ", "\n  "]).join(parts or ["__typename"]) + " }"

    def field(self, name, field, depth):
        rng = self.rng
        text = name
        kind = get_named_type(field.type)
        if rng.random() < 0.2 or field.args:
            self.aliases += 1
            # Sometimes one that is already used.
            text = f"{rng.choice(['a', 'b', 'c']) if rng.random() < 0.1 else 'f' + str(self.aliases)}: {name}"
        arguments = []
        for argument, definition in field.args.items():
            needed = isinstance(definition.type, GraphQLNonNull) and definition.default_value is Undefined
            if needed and not self.spoil(0.1) or rng.random() < 0.35:
                arguments.append(f"{argument}: {self.value(definition.type, 3, definition.default_value is not Undefined)}")
        if self.spoil(0.04):
            arguments.append(rng.choice(["nothing: 1", arguments[0] if arguments else "no: 2"]))
        if arguments:
            text += f"({', '.join(arguments)})"
        text += self.directives()
        composite = isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType, GraphQLUnionType))
        if composite != self.spoil(0.03):
            text += " " + (self.selections(kind, depth - 1) if composite else "{ id }")
        return text

    def directives(self):
        rng = self.rng
        chance = rng.random()
        if chance < 0.08:
            text = f" @{rng.choice(['skip', 'include'])}(if: {self.value(GraphQLNonNull(self.schema.type_map['Boolean']), 1)})"
            return text * (2 if self.spoil(0.2) else 1)
        if chance < 0.1 and self.wrong:
            return rng.choice([" @nothing", " @skip", " @deprecated", " @skip(if: 1)"])
        return ""

    def fragment(self, kind, depth):
        rng = self.rng
        possible = [kind] if isinstance(kind, GraphQLObjectType) else list(self.schema.get_possible_types(kind))
        candidates = [kind]
        for other in self.schema.type_map.values():
            if isinstance(other, (GraphQLObjectType, GraphQLInterfaceType, GraphQLUnionType)):
                if other.name.startswith("__"):
                    continue
                theirs = [other] if isinstance(other, GraphQLObjectType) else self.schema.get_possible_types(other)
                if set(theirs) & set(possible) or self.spoil(0.02):
                    candidates.append(other)
        chosen = rng.choice(candidates)
        if rng.random() < 0.6:
            condition = "" if chosen is kind and rng.random() < 0.3 else f" on {chosen.name}"
            return f"...{condition}{self.directives()} {self.selections(chosen, depth)}"
        known = [name for name, (there, _) in self.fragments.items() if there == chosen.name]
        if known and rng.random() < 0.5:
            name = rng.choice(known)
        else:
            # Named only after its contents, so that a fragment contains itself only by mistake.
            body = self.selections(chosen, depth)
            name = f"F{len(self.fragments)}"
            self.fragments[name] = (chosen.name, body)
        return f"...{name}{self.directives()}"

    # Values

    def value(self, kind, depth, has_default=False):
        if self.rng.random() < 0.3:
            return self.variable(kind, has_default)
        return self.literal(kind, depth)

    def variable(self, kind, has_default):
        rng = self.rng
        name = f"v{len(self.variables)}"
        text = str(kind)
        default = ""
        if text.endswith("!") and has_default and rng.random() < 0.5:
            text = text[:-1]
        elif text.endswith("!") and rng.random() < 0.3:
            text = text[:-1]
            default = " = " + self.literal(kind, 2, constant=True)
        elif not text.endswith("!") and rng.random() < 0.2:
            text += "!"
        elif rng.random() < 0.2:
            default = " = " + self.literal(kind, 2, constant=True)
        if self.spoil(0.05):
            text = rng.choice(["Int", "String!", "[Int]", "Colour"])
        chance = rng.random()
        if chance < (0.15 if not text.endswith("!") or self.wrong else 0):
            value = Undefined
        elif chance < 0.2 and (not text.endswith("!") or self.wrong):
            value = None
        else:
            value = self.plain(kind, 3)
        self.variables[name] = (text, default, value)
        return f"${name}"

    def literal(self, kind, depth, constant=False, must=False):
        rng = self.rng
        if self.spoil(0.04):
            return rng.choice(["1", "1.5", "\"text\"", "true", "null", "RED", "[1]", "{x: 1}", "99999999999", "[]", "{}",
                               "-0", "1e3", "$unknown", "{x: 1, x: 2}"])
        if isinstance(kind, GraphQLNonNull):
            return "null" if self.spoil(0.02) else self.literal(kind.of_type, depth, constant, True)
        if not must and rng.random() < 0.08:
            return "null"
        inner = lambda other: self.literal(other, depth - 1, constant) if constant else self.value(other, depth - 1)
        if isinstance(kind, GraphQLList):
            if rng.random() < 0.15:
                return self.literal(kind.of_type, depth - 1, True)
            return "[" + ", ".join(inner(kind.of_type) for _ in range(rng.randint(0, 3))) + "]"
        if isinstance(kind, GraphQLEnumType):
            return rng.choice(list(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            parts = []
            for name, field in kind.fields.items():
                needed = isinstance(field.type, GraphQLNonNull) and field.default_value is Undefined
                if needed or rng.random() < 0.3 and depth > 0:
                    if not self.spoil(0.04):
                        parts.append(f"{name}: " + (self.literal(field.type, depth - 1, True) if constant else
                                     self.value(field.type, depth - 1, field.default_value is not Undefined)))
            if self.spoil(0.04):
                parts.append("nothing: 1")
            return "{" + ", ".join(parts) + "}"
        return {
            "Int": lambda: rng.choice(["0", "-0", "7", "-2147483648", "2147483647"]),
            "Float": lambda: rng.choice(["0", "1.5", "-2e10", "3E-2", "12"]),
            "String": lambda: rng.choice(['""', '"a\\u00e9\\n\\"\\\\/\\t"', '"äß😀"', '"""\n    a\n      "b" \\"""\n\n    c\n  """',
                                           '"""x"""', '"\\uD83D\\uDE00"']),
            "ID": lambda: rng.choice(["5", '"x"', '"5"']),
            "Boolean": lambda: rng.choice(["true", "false"]),
            "Any": lambda: rng.choice(["1", "\"a\"", "true", "[1, \"x\", [null]]", "{a: 1, b: {c: [2.5]}}", "RED"]),
        }[kind.name]()

    def plain(self, kind, depth, must=False):
        rng = self.rng
        if self.spoil(0.06):
            return rng.choice([1, 1.5, "text", True, None, "RED", [1], {"x": 1}, 99999999999, [], {}, 2.0])
        if isinstance(kind, GraphQLNonNull):
            return self.plain(kind.of_type, depth, True)
        if not must and rng.random() < 0.08:
            return None
        if isinstance(kind, GraphQLList):
            if rng.random() < 0.15:
                return self.plain(kind.of_type, depth - 1)
            return [self.plain(kind.of_type, depth - 1) for _ in range(rng.randint(0, 3))]
        if isinstance(kind, GraphQLEnumType):
            return rng.choice(list(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            value = {}
            for name, field in kind.fields.items():
                needed = isinstance(field.type, GraphQLNonNull) and field.default_value is Undefined
                if needed or rng.random() < 0.3 and depth > 0:
                    value[name] = self.plain(field.type, depth - 1)
            return value
        return {
            "Int": lambda: rng.choice([0, 7, -2147483648]), "Float": lambda: rng.choice([0, 1.5, -3]),
            "String": lambda: rng.choice(["", "x\n😀\"", "é"]), "ID": lambda: rng.choice([5, "x"]),
            "Boolean": lambda: rng.choice([True, False]),
            "Any": lambda: rng.choice([1, "a", True, [1, None], {"a": {"b": 2.5}}]),
        }[kind.name]()


# Execution with graphql-core


def resolve(source, info, **arguments):
    if info.field_name in ("echo", "need", "optional", "first"):
        return dict(sorted(arguments.items()))
    value = source.get(info.field_name)
    if isinstance(value, dict) and "$error" in value:
        raise ValueError(value["$error"])
    if isinstance(value, list):
        return [ValueError(one["$error"]) if isinstance(one, dict) and "$error" in one else one for one in value]
    return value


def by_graphql_core(schema, data, request):
    return graphql_sync(
        schema, request["query"], data, variable_values=request["variables"] or None,
        operation_name=request["operationName"], field_resolver=resolve,
        type_resolver=lambda value, info, kind: value["__typename"]).formatted


def norm(value):
    """Numbers as in JSON: 2 and 2.0 are equal."""
    if isinstance(value, float) and value == int(value):
        return int(value)
    if isinstance(value, list):
        return [norm(one) for one in value]
    if isinstance(value, dict):
        return {key: norm(one) for key, one in value.items()}
    return value


def in_order(value):
    """Data including the order of the keys of its objects."""
    if isinstance(value, list):
        return [in_order(one) for one in value]
    if isinstance(value, dict):
        return [(key, in_order(one)) for key, one in value.items()]
    return norm(value)


def errors_of(answer):
    return sorted(
        (json.dumps(error.get("path")), json.dumps(error.get("locations"))) for error in answer.get("errors", []))


def refused(answer):
    return bool(answer.get("errors")) and all(error.get("path") is None for error in answer["errors"])


def difference(expected, actual):
    if refused(expected) or refused(actual):
        if refused(expected) != refused(actual):
            return "one refuses it, the other does not"
        return "a refused request has data" if actual.get("data") is not None else None
    if in_order(expected["data"]) != in_order(actual.get("data")):
        return "different data"
    if errors_of(expected) != errors_of(actual):
        return "different errors"
    return None


def write(folder, seed, count):
    rng = random.Random(seed)
    schema = build_schema(SDL)
    generator = Generator(rng, schema)
    requests = [{"query": INTROSPECTION, "variables": {}, "operationName": None}]
    requests += [generator.request() for _ in range(count)]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "schema.graphql").write_text(SDL)
    (folder / "data.json").write_text(json.dumps(make_data(rng)))
    (folder / "requests.json").write_text(json.dumps(requests))


def check(folder):
    schema = build_schema(SDL)
    data = json.loads((folder / "data.json").read_text())
    requests = json.loads((folder / "requests.json").read_text())
    responses = json.loads((folder / "responses.json").read_text())
    assert len(requests) == len(responses), "there are answers missing"
    told = print_schema(build_client_schema(responses[0]["data"]))
    own = print_schema(schema)
    bad = 0
    if told != own:
        bad += 1
        print("INTROSPECTION\n", told, "\nIS NOT\n", own)
    counts = {"refused": 0, "with errors": 0, "whole": 0}
    for number, (request, actual) in enumerate(zip(requests, responses)):
        if number == 0:
            continue
        expected = by_graphql_core(schema, data, request)
        counts["refused" if refused(expected) else "with errors" if expected.get("errors") else "whole"] += 1
        why = difference(expected, actual)
        if why:
            bad += 1
            if bad <= 12:
                print(f"--- {number}: {why}\n{json.dumps(request, ensure_ascii=False)}\n"
                      f"graphql-core: {json.dumps(expected, ensure_ascii=False)[:1500]}\n"
                      f"ours:         {json.dumps(actual, ensure_ascii=False)[:1500]}")
    print(f"{len(requests) - 1} documents, {bad} differences;", ", ".join(f"{n} {k}" for k, n in counts.items()))
    return 1 if bad else 0


if __name__ == "__main__":
    action, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    if action == "write":
        write(folder, int(sys.argv[3]), int(sys.argv[4]))
    else:
        sys.exit(check(folder))
