// One operation: its description, fields and responses.

import { AnswerView } from "./docs-answer.js";
import { curl, OperationForm } from "./docs-form.js";
import { shape, summary } from "./docs-schema.js";
import { currentToken } from "./docs-token.js";
import { copy, element, inline, paragraphs } from "./elements.js";

/** Collapsed at first; the contents are created when it is opened. */
export function operationView(api, operation) {
  const view = element("details", { class: "operation", id: operation.id },
    element("summary", {},
      element("span", { class: "method" }, operation.method), " ",
      element("code", { class: "path" }, operation.path), " ",
      element("span", { class: "quiet" }, operation.summary)));
  view.addEventListener("toggle", () => {
    if (view.open && view.children.length === 1) view.append(inside(api, operation));
  });
  return view;
}

function inside(api, operation) {
  const fields = new OperationForm(api, operation);
  const answer = new AnswerView(`${operation.method} ${operation.path}`);
  const command = element("pre", { class: "wrapped", tabIndex: 0, "aria-label": "The request as a command" });
  const commandView = element("details", {}, element("summary", {}, "As a command"), command);
  const said = element("span", { role: "status" });
  const asCommand = () => curl(fields.request(), { needsToken: operation.roles.length > 0, streams: streams(api, operation) });
  const copyCommand = async () => {
    command.textContent = asCommand();
    const done = await copy(command.textContent);
    said.textContent = done ? "Copied. Set HEARTH_TOKEN before you run it." : "Copy it from here.";
    commandView.open = !done || commandView.open;
  };
  commandView.addEventListener("toggle", () => (command.textContent = asCommand()));
  const form = element("form", { noValidate: true },
    element("div", { class: "fields" }, fields.element,
      element("div", { class: "actions" },
        element("button", { class: "main", type: "submit" }, "Send"), answer.stopButton,
        element("button", { type: "button", onclick: copyCommand }, "Copy as curl"), said),
      commandView));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (fields.check()) answer.send(fields.request(), operation.roles.length > 0 ? currentToken() : "");
  });
  return element("div", { class: "inside" },
    element("div", { class: "described" }, paragraphs(operation.description),
      element("p", { class: "quiet" }, who(operation.roles))),
    form, answer.element, answersView(api, operation));
}

function who(roles) {
  return roles.length === 0 ? "No token required." : `Requires a token of the role ${roles.join(" or ")}.`;
}

function streams(api, operation) {
  return Object.values(operation.responses)
    .some((response) => "text/event-stream" in (api.resolve(response).content ?? {}));
}

function answersView(api, operation) {
  const entries = Object.entries(operation.responses);
  return element("section", { "aria-label": "Responses" }, element("h3", {}, "Responses"),
    element("ul", { class: "answers" }, entries.map(([status, node]) => answerEntry(api, status, api.resolve(node)))));
}

function answerEntry(api, status, response) {
  const heading = [element("code", { class: "status" }, status), " ", ...inline(response.description ?? "")];
  const headers = Object.keys(response.headers ?? {});
  if (headers.length > 0) heading.push(element("span", { class: "quiet" }, ` With ${headers.join(", ")}.`));
  const [type, content] = Object.entries(response.content ?? {})[0] ?? [];
  if (!content) return element("li", {}, heading);
  const example = api.exampleOf(content);
  const text = typeof example === "string" ? example : JSON.stringify(example, null, 2);
  return element("li", {}, element("details", {}, element("summary", {}, heading),
    element("p", { class: "quiet" }, element("code", {}, type), content.schema ? `: ${summary(api, content.schema)}` : ""),
    content.schema ? shape(api, content.schema) : undefined,
    example === undefined ? undefined : element("pre", { tabIndex: 0, "aria-label": `Example of ${status}` }, text)));
}
