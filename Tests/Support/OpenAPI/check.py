"""Validates a document against OpenAPI 3.1, and each of its examples against the schema next to it."""

import json
import sys

from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

ROOT = "urn:openapi"


def places(node, path="#"):
    """Every object of the document with its position."""
    if isinstance(node, dict):
        yield path, node
        for name, child in node.items():
            yield from places(child, f"{path}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from places(child, f"{path}/{index}")


def examples(node):
    if "example" in node:
        yield node["example"]
    for example in (node.get("examples") or {}).values() if isinstance(node.get("examples"), dict) else ():
        if "value" in example:
            yield example["value"]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        document = json.load(file)
    validate(document)

    registry = Registry().with_resource(ROOT, Resource(contents=document, specification=DRAFT202012))
    checked = 0
    mistakes = []
    for path, node in places(document):
        schema = node.get("schema")
        if not isinstance(schema, dict) or "/schemas/" in path:
            continue
        validator = OAS31Validator(
            {"$ref": f"{ROOT}{path}/schema"}, registry=registry, format_checker=OAS31Validator.FORMAT_CHECKER
        )
        for example in examples(node):
            checked += 1
            mistakes += [f"{path}: {error.message}" for error in validator.iter_errors(example)]
    if mistakes or not checked:
        sys.exit("\n".join(mistakes) or "there are no examples")
    print(f"{checked} examples are valid")


main()
