// The page's requests to the service. The token is in the link after the #, which browsers do not send to any server; it
// is kept only in this tab.

const KEY = "hearth.guest.token";

/** Removes the token from the address, and returns the stored one. */
export function token() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem(KEY, given);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem(KEY) ?? "";
}

/** An unsuccessful response. */
export class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export async function ask(path, options = {}) {
  const answer = await fetch(path, {
    ...options, cache: "no-store",
    headers: { Authorization: `Bearer ${token()}`, ...options.headers },
  });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Refusal(answer.status, problem.error?.code ?? "", problem.error?.message ?? answer.statusText);
}

export async function get(path) {
  return (await ask(path)).json();
}

/** The events of a stream of server-sent events, as `{ name, data }`; `alive` is a heartbeat without data. */
export async function* events(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  while (true) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const event = { name: "message", data: "" };
      for (const line of block.split("\n")) {
        if (line.startsWith("event: ")) event.name = line.slice(7);
        else if (line.startsWith("data: ")) event.data += line.slice(6);
      }
      if (event.data) yield { name: event.name, data: JSON.parse(event.data) };
      else if (block.startsWith(":")) yield { name: "alive" };
    }
  }
}

/** The guest's own room: the lists contain no other. */
export async function ownRoom() {
  const [hotel] = await get("/hotels/");
  const [floor] = await get(`/hotels/${hotel.id}/floors/`);
  const [room] = await get(`/floors/${floor.id}/rooms/`);
  return { hotel, floor, room };
}
