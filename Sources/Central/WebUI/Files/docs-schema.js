// Describes in words what a schema allows.

import { ApiDocument } from "./docs-document.js";
import { element, inline } from "./elements.js";

const DEEPEST = 6;

/** The kind of value and its bounds, on one line: `integer, 1 to 1000, default 100`. */
export function summary(api, node) {
  const schema = api.resolve(node);
  const parts = [kind(api, schema)];
  if (schema.format) parts.push(schema.format);
  const { minimum, maximum } = schema;
  if (minimum !== undefined && maximum !== undefined) parts.push(`${minimum} to ${maximum}`);
  else if (minimum !== undefined) parts.push(`at least ${minimum}`);
  else if (maximum !== undefined) parts.push(`at most ${maximum}`);
  if (schema.exclusiveMinimum !== undefined) parts.push(`more than ${schema.exclusiveMinimum}`);
  if (schema.default !== undefined) parts.push(`default ${JSON.stringify(schema.default)}`);
  return parts.join(", ");
}

function kind(api, schema) {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices && !schema.type) {
    return choices.map((choice) => ApiDocument.nameOf(choice) ?? kind(api, api.resolve(choice))).join(" or ");
  }
  const types = [schema.type ?? "any value"].flat();
  if (types.includes("array") && schema.items) {
    const items = ApiDocument.nameOf(schema.items) ?? kind(api, api.resolve(schema.items));
    return types.map((type) => (type === "array" ? `array of ${items}` : type)).join(" or ");
  }
  return types.join(" or ");
}

/** The members of an object, or of an array's objects, as a nested list; `undefined` if there are none. */
export function shape(api, node, depth = 0) {
  const schema = api.resolve(node);
  if (depth > DEEPEST) return undefined;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map((choice) => shape(api, choice, depth)).find(Boolean);
  if (schema.items) return shape(api, schema.items, depth);
  const members = Object.entries(schema.properties ?? {});
  if (members.length === 0) return undefined;
  return element("ul", { class: "shape" }, members.map(([name, member]) => {
    const description = api.resolve(member).description;
    return element("li", {},
      element("code", {}, name), " ",
      element("span", { class: "quiet" }, summary(api, member),
        schema.required?.includes(name) ? undefined : ", optional",
        description ? [". ", ...inline(description)] : undefined),
      shape(api, member, depth + 1));
  }));
}
