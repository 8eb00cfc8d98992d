// The schema, read by introspection.

import { element } from "./elements.js";

const INTROSPECTION = `{
  __schema { types { kind name description
    fields(includeDeprecated: true) { name description args { name defaultValue type { ...T } } type { ...T } }
    inputFields { name defaultValue type { ...T } }
    enumValues(includeDeprecated: true) { name }
    possibleTypes { name } } }
}
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`;

/** Fetches the schema with `ask(query)` and shows it. */
export async function showSchema(ask) {
  const place = document.getElementById("schema");
  const filter = document.getElementById("filter");
  const answer = await ask(INTROSPECTION);
  const types = answer?.data?.__schema?.types;
  if (!types) {
    const why = answer?.errors?.[0]?.message ?? answer?.error?.message ?? "The service did not respond.";
    place.replaceChildren(element("p", { class: "bad", role: "alert" }, why));
    return;
  }
  const own = types.filter((type) => !type.name.startsWith("__") && type.kind !== "SCALAR");
  place.replaceChildren(...own.map(entry));
  filter.hidden = false;
  filter.oninput = () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const type of place.querySelectorAll(".type")) {
      type.hidden = !type.textContent.toLowerCase().includes(wanted);
    }
  };
}

function entry(type) {
  const parts = [
    ...(type.fields ?? []).map((field) => `${field.name}${argumentText(field.args)}: ${typeText(field.type)}`),
    ...(type.inputFields ?? []).map(inputText),
    ...(type.enumValues ?? []).map((value) => value.name),
    ...(type.kind === "UNION" ? type.possibleTypes.map((one) => one.name) : []),
  ];
  const isRoot = type.name === "Query" || type.name === "Mutation";
  return element("details", { class: "type", open: isRoot },
    element("summary", {}, `${type.name} `, element("span", { class: "quiet" }, kindText(type.kind))),
    type.description ? element("p", { class: "quiet" }, type.description) : null,
    element("ul", {}, parts.map((part) => element("li", {}, element("code", {}, part)))));
}

function kindText(kind) {
  return kind.toLowerCase().replace("_object", "");
}

function argumentText(args) {
  return args.length ? `(${args.map(inputText).join(", ")})` : "";
}

function inputText(input) {
  return `${input.name}: ${typeText(input.type)}${input.defaultValue ? ` = ${input.defaultValue}` : ""}`;
}

function typeText(type) {
  if (type.kind === "NON_NULL") return `${typeText(type.ofType)}!`;
  if (type.kind === "LIST") return `[${typeText(type.ofType)}]`;
  return type.name;
}
