// The page at /docs: reads the service's own description, and lets people try the requests.

import { ApiDocument } from "./docs-document.js";
import { operationView } from "./docs-operation.js";
import { connectTokenForm } from "./docs-token.js";
import { element, paragraphs } from "./elements.js";

const main = document.getElementById("operations");
const contents = document.getElementById("contents");

connectTokenForm();
try {
  show(await ApiDocument.load("/openapi.json"));
} catch (error) {
  main.replaceChildren(element("p", { role: "alert" }, `The description cannot be shown: ${error.message}`));
}

function show(api) {
  document.getElementById("version").textContent = `${api.info.summary} Version ${api.info.version}.`;
  const groups = api.groups();
  contents.replaceChildren(...groups.map((group) => element("div", {},
    element("h2", {}, group.name),
    element("ul", {}, group.operations.map((operation) => element("li", {},
      element("a", { href: `#${operation.id}`, "data-operation": operation.id }, operation.summary)))))));
  main.replaceChildren(
    element("div", { class: "introduction" }, paragraphs(api.info.description)),
    ...groups.map((group) => element("section", { "aria-label": group.name },
      element("h2", {}, group.name), paragraphs(group.description),
      group.operations.map((operation) => operationView(api, operation)))));
  connectFilter(groups);
  addEventListener("hashchange", openNamed);
  openNamed();
}

/** Opens the operation in the address's fragment. */
function openNamed() {
  const view = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!view?.matches("details")) return;
  view.open = true;
  view.scrollIntoView();
  view.querySelector("summary").focus({ preventScroll: true });
}

function connectFilter(groups) {
  const field = document.getElementById("filter");
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/u).filter(Boolean);
    for (const operation of groups.flatMap((group) => group.operations)) {
      const text = [operation.method, operation.path, operation.summary, operation.description].join(" ").toLowerCase();
      const hidden = !words.every((word) => text.includes(word));
      document.getElementById(operation.id).hidden = hidden;
      contents.querySelector(`[data-operation="${operation.id}"]`).parentElement.hidden = hidden;
    }
    for (const part of [...contents.children, ...main.querySelectorAll("section[aria-label]:has(> .operation)")]) {
      part.hidden = !part.querySelector("li:not([hidden]), .operation:not([hidden])");
    }
  });
}
