// Sends queries to POST /graphql and shows the responses.

import { connectTokenForm, currentToken } from "./docs-token.js";
import { element } from "./elements.js";
import { examples } from "./graphql-examples.js";
import { showSchema } from "./graphql-schema.js";

const form = document.getElementById("request");
const query = document.getElementById("query");
const variables = document.getElementById("variables");
const building = document.getElementById("building");
const status = document.getElementById("status");
const result = document.getElementById("result");

/** The time-out of a request, in milliseconds. */
const PATIENCE = 60_000;

connectTokenForm();

function use(example) {
  const values = typeof example.variables === "function" ? example.variables() : example.variables;
  query.value = example.query;
  variables.value = JSON.stringify(values, null, 2);
}

document.getElementById("examples").append(...examples.map((example) =>
  element("button", { type: "button", onclick: () => use(example) }, example.name)));
use(examples[0]);

/** Sends a request; returns the response's status and JSON. */
async function send(text, values) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  if (currentToken()) headers.Authorization = `Bearer ${currentToken()}`;
  if (building.value.trim()) headers["Hearth-Building"] = building.value.trim();
  const response = await fetch("/graphql", {
    method: "POST", headers, body: JSON.stringify({ query: text, variables: values }),
    signal: AbortSignal.timeout(PATIENCE),
  });
  return { response, answer: await response.json() };
}

function show(text, kind) {
  status.textContent = text;
  status.className = kind;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  let values;
  try {
    values = JSON.parse(variables.value.trim() || "{}");
  } catch (error) {
    show(`The variables are not valid JSON: ${error.message}`, "bad");
    return;
  }
  show("Sending…", "quiet");
  // Clears the result of an earlier request.
  result.textContent = "";
  const began = performance.now();
  try {
    const { response, answer } = await send(query.value, values);
    const took = `${Math.round(performance.now() - began)} ms`;
    const wrong = !response.ok || answer.errors?.length > 0;
    show(`${response.status} ${response.statusText} in ${took}${wrong ? ", with errors" : ""}`, wrong ? "bad" : "good");
    result.textContent = JSON.stringify(answer, null, 2);
  } catch (error) {
    const unknown = /^\s*mutation\b/mu.test(query.value) ? " The mutation may or may not have taken effect." : "";
    show(`No response: ${error.message}${unknown}`, "bad");
  }
});

form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  }
});

document.getElementById("load-schema").addEventListener("click", () =>
  showSchema(async (text) => {
    try {
      return (await send(text, {})).answer;
    } catch (error) {
      return { error };
    }
  }));
