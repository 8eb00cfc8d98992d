// The requests of a home's page to the service. The token comes from the link after the #, which browsers do not send to
// any server, or from the field; it is kept only in this tab.

import { currentToken } from "./docs-token.js";

const KEY = "hearth.token";

/** Removes the token from the address, if there is one. */
export function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!given) return;
  sessionStorage.setItem(KEY, given);
  history.replaceState(null, "", location.pathname);
}

/** An unsuccessful response. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The time-out of a request, in milliseconds. */
const PATIENCE = 10_000;

async function ask(path, options = {}) {
  const answer = await fetch(path, {
    ...options, cache: "no-store", signal: AbortSignal.timeout(PATIENCE),
    headers: { Authorization: `Bearer ${currentToken()}`, Accept: "application/json", ...options.headers },
  });
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(answer.status, content.error?.message ?? answer.statusText);
  return content;
}

/** The buildings that the token can access, homes first. */
export async function buildings() {
  const all = await ask("/hotels/?limit=1000");
  return all.sort((a, b) => (b.kind === "home") - (a.kind === "home"));
}

/** Sends a GraphQL query about one building. */
export async function graphQL(building, query, variables = {}) {
  const answer = await ask("/graphql", {
    method: "POST", body: JSON.stringify({ query, variables }),
    headers: { "Content-Type": "application/json", "Hearth-Building": building.slug },
  });
  if (answer.errors?.length) throw new Refusal(200, answer.errors[0].message);
  return answer.data;
}
