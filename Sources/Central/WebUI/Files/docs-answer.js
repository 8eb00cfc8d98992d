// Sends a request and shows the response: JSON formatted, streams as they arrive, everything else unchanged.

import { element } from "./elements.js";

/** The number of characters of a body that are shown; the saved file has all of them. */
const MOST_SHOWN = 500_000;
/** The number of events of a stream that are kept. */
const MOST_EVENTS = 500;

export class AnswerView {
  #abort;
  #saved;

  constructor(label) {
    this.stopButton = element("button", { type: "button", hidden: true, onclick: () => this.stop() }, "Stop");
    this.element = element("section", { class: "answer", "aria-label": `Response of ${label}`, hidden: true });
  }

  get isBusy() {
    return this.#abort !== undefined;
  }

  stop() {
    this.#abort?.abort();
  }

  /** Resolves when the response or the stream has ended. Never rejects. */
  async send(request, token) {
    this.stop();
    const abort = new AbortController();
    this.#abort = abort;
    this.stopButton.hidden = false;
    const line = element("p", { class: "status-line", role: "status" }, "Sending…");
    this.element.hidden = false;
    this.element.setAttribute("aria-busy", "true");
    this.element.replaceChildren(element("h3", {}, "Response"), line);
    const start = performance.now();
    try {
      const headers = token ? { ...request.headers, Authorization: `Bearer ${token}` } : request.headers;
      const response = await fetch(request.url, {
        method: request.method, headers, body: request.body, signal: abort.signal, cache: "no-store",
        credentials: "omit", redirect: "error",
      });
      this.#showStatus(line, response, performance.now() - start);
      this.element.append(headersView(response));
      if (mediaType(response) === "text/event-stream") await this.#showStream(response, line);
      else await this.#showBody(response, line, start);
    } catch (error) {
      if (abort.signal.aborted) line.append(element("span", {}, "Stopped."));
      else {
        const isUnknown = !["GET", "HEAD"].includes(request.method);
        line.replaceChildren(element("strong", { class: "bad" }, "No response"), element("span", {}, error.message),
          isUnknown ? element("span", {}, "The request may or may not have taken effect.") : "");
      }
    } finally {
      if (this.#abort === abort) {
        this.#abort = undefined;
        this.stopButton.hidden = true;
        this.element.setAttribute("aria-busy", "false");
      }
    }
  }

  #showStatus(line, response, milliseconds) {
    line.replaceChildren(
      element("strong", { class: response.ok ? "good" : "bad" }, `${response.status} ${response.statusText}`.trim()),
      element("span", { class: "quiet" }, `${Math.round(milliseconds)} ms`));
  }

  async #showBody(response, line, start) {
    const blob = await response.blob();
    line.lastElementChild.textContent = `${Math.round(performance.now() - start)} ms, ${blob.size} bytes`;
    if (blob.size === 0) return;
    const type = mediaType(response);
    const isText = /json|^text\/|xml|javascript/u.test(type);
    const text = isText ? await blob.text() : "";
    const whole = /json/u.test(type) ? indented(text) : text;
    if (isText) this.element.append(bodyView(whole.slice(0, MOST_SHOWN)));
    if (whole.length > MOST_SHOWN) this.element.append(element("p", { class: "quiet" }, "Save it as a file to see the rest."));
    this.element.append(this.#saveButton(blob, type));
  }

  #saveButton(blob, type) {
    const ending = { "application/json": "json", "text/csv": "csv", "text/plain": "txt" }[type] ?? "bin";
    const save = () => {
      URL.revokeObjectURL(this.#saved);
      this.#saved = URL.createObjectURL(blob);
      element("a", { href: this.#saved, download: `hearth.${ending}` }).click();
    };
    return element("div", { class: "actions" }, element("button", { type: "button", onclick: save }, "Save as a file"));
  }

  async #showStream(response, line) {
    const counter = element("span", { class: "quiet" });
    line.append(counter);
    const view = bodyView("");
    view.setAttribute("role", "log");
    // Readings may arrive many times a second; a screen reader should not read each of them out.
    view.setAttribute("aria-live", "off");
    this.element.append(view);
    const events = [];
    let [rest, count, heard] = ["", 0, Date.now()];
    // A dead stream looks like one without news; the time since the last heartbeat distinguishes them.
    const silence = element("span", { class: "quiet" });
    line.append(silence);
    const watch = setInterval(() => {
      const seconds = Math.round((Date.now() - heard) / 1000);
      silence.textContent = seconds < 3 ? "" : `nothing received for ${seconds} s`;
    }, 1000);
    try {
      for await (const text of textOf(response.body)) {
        heard = Date.now();
        const parts = (rest + text).replaceAll(/\r\n?/gu, "\n").split("\n\n");
        rest = parts.pop();
        count += parts.filter((part) => !part.startsWith(":")).length;
        events.push(...parts);
        events.splice(0, events.length - MOST_EVENTS);
        const atEnd = view.scrollTop + view.clientHeight >= view.scrollHeight - 8;
        view.textContent = events.join("\n\n");
        if (atEnd) view.scrollTop = view.scrollHeight;
        counter.textContent = `${count} events`;
      }
    } finally {
      clearInterval(watch);
      silence.remove();
    }
    line.append(element("span", {}, "The stream has ended."));
  }
}

async function * textOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function mediaType(response) {
  return (response.headers.get("Content-Type") ?? "").split(";")[0].trim().toLowerCase();
}

function headersView(response) {
  const text = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  return element("details", {}, element("summary", {}, "Headers"),
    element("pre", { class: "wrapped", tabIndex: 0, "aria-label": "Headers" }, text));
}

function bodyView(text) {
  return element("pre", { tabIndex: 0, "aria-label": "Body", class: "received" }, text);
}

/**
 * JSON in lines, with every number and every text as it came: reading and writing it anew would round what is long.
 * What is no JSON comes back as it is.
 */
export function indented(json) {
  try {
    JSON.parse(json);
  } catch {
    return json;
  }
  let [text, depth] = ["", 0];
  const newLine = () => `\n${"  ".repeat(depth)}`;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[{]\s*[\]}]|[[\]{},:]|[^\s[\]{},:"]+/gu)) {
    if (token === "{" || token === "[") {
      depth += 1;
      text += token + newLine();
    } else if (token === "}" || token === "]") {
      depth -= 1;
      text += newLine() + token;
    } else if (token === ",") {
      text += token + newLine();
    } else {
      text += token === ":" ? ": " : token.replaceAll(/^([[{])\s+([\]}])$/gu, "$1$2");
    }
  }
  return text;
}
