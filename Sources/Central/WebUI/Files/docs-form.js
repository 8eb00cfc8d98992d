// The fields of an operation, and the request built from them.

import { summary } from "./docs-schema.js";
import { element, inline } from "./elements.js";

/** A request in the forms for `fetch` and for people. */
export class OperationForm {
  #api;
  #operation;
  #fields = [];
  #body;

  constructor(api, operation) {
    this.#api = api;
    this.#operation = operation;
    this.element = element("div", { class: "fields" });
    for (const parameter of operation.parameters) this.#add(parameter);
    if (operation.requestBody) this.#addBody(api.resolve(operation.requestBody));
  }

  #add(parameter) {
    const id = `${this.#operation.id}-${parameter.name}`;
    const about = element("p", { class: "about", id: `${id}-about` },
      summary(this.#api, parameter.schema), parameter.description ? [". ", ...inline(parameter.description)] : undefined);
    const items = parameter.schema.items && this.#api.resolve(parameter.schema.items);
    const name = [parameter.name, parameter.required ? element("span", { class: "required" }, " (required)") : undefined];
    if (items?.enum) {
      const boxes = items.enum.map((value) => element("input", { type: "checkbox", value }));
      this.#fields.push({ parameter, values: () => boxes.filter((box) => box.checked).map((box) => box.value) });
      this.element.append(element("fieldset", { "aria-describedby": about.id },
        element("legend", { class: "unseen" }, parameter.name),
        element("div", { class: "field" }, element("span", { class: "name", "aria-hidden": "true" }, name),
          element("div", { class: "choices" }, boxes.map((box) => element("label", {}, box, " ", box.value))), about)));
      return;
    }
    const control = this.#control(parameter, id, about.id);
    this.#fields.push({ parameter, control, values: () => (control.value === "" ? [] : [control.value]) });
    this.element.append(element("div", { class: "field" }, element("label", { htmlFor: id }, name), control, about));
  }

  #control(parameter, id, about) {
    const { schema, required } = parameter;
    const example = this.#api.exampleOf(parameter);
    const choices = schema.enum ?? (schema.type === "boolean" ? [true, false] : undefined);
    if (choices) {
      const value = required ? String(example ?? choices[0]) : "";
      const control = element("select", { id, name: parameter.name, required, "aria-describedby": about },
        required ? undefined : element("option", { value: "" }, "—"),
        choices.map((choice) => element("option", { value: String(choice) }, String(choice))));
      control.value = value;
      return control;
    }
    return element("input", {
      id,
      name: parameter.name,
      type: "text",
      inputMode: schema.type === "integer" ? "numeric" : undefined,
      required,
      autocomplete: "off",
      spellcheck: false,
      value: required && example !== undefined ? String(example) : "",
      placeholder: example === undefined ? undefined : String(example),
      "aria-describedby": about,
    });
  }

  #addBody(requestBody) {
    const types = Object.keys(requestBody.content ?? {});
    const type = types[0];
    const id = `${this.#operation.id}-body`;
    const label = element("label", { htmlFor: id }, "Body, ", element("code", {}, type));
    if (/json|^text\//u.test(type)) {
      const example = this.#api.exampleOf(requestBody.content[type]);
      const field = element("textarea", {
        id,
        spellcheck: false,
        value: example === undefined ? "" : JSON.stringify(example, null, 2),
      });
      this.#body = { type, text: () => field.value, content: () => field.value };
      this.element.append(element("div", { class: "body" }, label, field));
    } else {
      const field = element("input", { id, type: "file" });
      this.#body = { type, text: () => "@the-file", content: () => field.files[0] ?? "" };
      this.element.append(element("div", { class: "field" }, label, field));
    }
  }

  /** Whether all required values are present; reports the missing ones to the user. */
  check() {
    const missing = this.#fields.find(({ control }) => control && !control.reportValidity());
    return missing === undefined;
  }

  /** `{ method, url, headers, body, bodyText }`; the token is not among the headers. */
  request() {
    let path = this.#operation.path;
    const query = [];
    const headers = {};
    for (const { parameter, values } of this.#fields) {
      const given = values();
      if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, encodeURIComponent(given[0] ?? ""));
      else if (parameter.in === "query") query.push(...this.#queryParts(parameter, given));
      else if (parameter.in === "header" && given.length > 0) headers[parameter.name] = given[0];
    }
    if (query.length > 0) path += `?${query.join("&")}`;
    const request = { method: this.#operation.method, url: new URL(path, location.origin).href, headers };
    if (this.#body) {
      headers["Content-Type"] = this.#body.type;
      request.body = this.#body.content();
      request.bodyText = this.#body.text();
    }
    return request;
  }

  #queryParts({ name, explode = true }, values) {
    const encoded = values.map((value) => encodeURIComponent(value));
    if (encoded.length === 0) return [];
    return explode ? encoded.map((value) => `${encodeURIComponent(name)}=${value}`) : [`${encodeURIComponent(name)}=${encoded.join(",")}`];
  }
}

/** The request as a command, without the token, which would end up in the shell's history. */
export function curl(request, { needsToken, streams }) {
  const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
  const parts = [`curl -sS${streams ? "N" : ""}`];
  if (request.method !== "GET") parts.push(`-X ${request.method}`);
  parts.push(quoted(request.url));
  if (needsToken) parts.push(`-H "Authorization: Bearer $HEARTH_TOKEN"`);
  for (const [name, value] of Object.entries(request.headers)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (request.bodyText !== undefined) parts.push(`--data-binary ${quoted(request.bodyText)}`);
  return parts.join(" \\\n  ");
}
