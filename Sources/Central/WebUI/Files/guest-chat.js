// The chat: the guest's messages, and the answers as they arrive.

import { element } from "./elements.js";
import { ask, events, Refusal } from "./guest-service.js";
import { language, words } from "./guest-words.js";

const talk = document.getElementById("talk");
const form = document.getElementById("form");
const field = document.getElementById("message");
const button = document.getElementById("send");
const suggestions = document.getElementById("suggestions");
const KEY = "hearth.guest.conversation";
/** The maximum time between two parts of an answer, in milliseconds. */
const PATIENCE = 75_000;

export class Chat {
  #leaving;
  #isSilent = false;
  #onEnd;

  constructor(onEnd) {
    this.#onEnd = onEnd;
  }

  begin() {
    suggestions.replaceChildren(...words.suggestions.map((text) =>
      element("button", { type: "button", onclick: () => this.#say(text) }, text)));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#leaving) return this.#leaving.abort();
      const text = field.value.trim();
      if (text) this.#say(text);
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      if (!this.#leaving) form.requestSubmit();
    });
  }

  async #say(text) {
    if (this.#leaving) return;
    field.value = "";
    const leaving = new AbortController();
    this.#leaving = leaving;
    this.#isSilent = false;
    button.textContent = words.stop;
    talk.append(element("li", { class: "mine" }, text));
    const answer = new AnswerView();
    talk.append(answer.item);
    try {
      await this.#hear(text, answer);
    } catch (error) {
      if (this.#isSilent || !leaving.signal.aborted) this.#fail(error, answer);
    } finally {
      answer.end();
      this.#leaving = undefined;
      button.textContent = words.send;
      talk.scrollTop = talk.scrollHeight;
    }
  }

  async #hear(text, answer) {
    let isWhole = false;
    let silence = this.#expect();
    for await (const { name, data } of events(await this.#post(text))) {
      clearTimeout(silence);
      silence = this.#expect();
      if (name === "text") answer.add(data.text);
      else if (name === "tool_call") answer.step(words.steps[data.name] ?? data.title);
      else if (name === "tool_result") answer.attach(data.attachments);
      else if (name === "done") {
        isWhole = true;
        sessionStorage.setItem(KEY, data.conversation_id);
      }
      talk.scrollTop = talk.scrollHeight;
    }
    clearTimeout(silence);
    if (!isWhole) throw new TypeError("The reply is incomplete.");
  }

  /** Abandons the answer if nothing arrives. */
  #expect() {
    const leaving = this.#leaving;
    return setTimeout(() => {
      this.#isSilent = true;
      leaving.abort();
    }, PATIENCE);
  }

  async #post(text) {
    const conversation = sessionStorage.getItem(KEY) ?? undefined;
    try {
      return await ask("/chat", {
        method: "POST", signal: this.#leaving.signal,
        headers: { "Content-Type": "application/json", Accept: "text/event-stream", "Accept-Language": language },
        body: JSON.stringify({ message: text, conversation_id: conversation }),
      });
    } catch (error) {
      // The conversation has expired meanwhile: begin a new one.
      if (!(error instanceof Refusal) || error.code !== "unknown_conversation") throw error;
      sessionStorage.removeItem(KEY);
      return this.#post(text);
    }
  }

  #fail(error, answer) {
    if (error instanceof Refusal && error.status === 401) return this.#onEnd();
    const refused = error.status === 429 ? words.busy : words.failedAnswer;
    answer.problem(error instanceof Refusal ? refused : words.brokenOff);
  }
}

/** One answer in the list. */
class AnswerView {
  item = element("li", { class: "theirs", "aria-busy": "true" });
  #steps = element("p", { class: "steps", hidden: true });
  #text = element("span", {});
  #files = element("div", {});

  constructor() {
    this.item.append(this.#steps, this.#text, this.#files);
    this.#text.textContent = "…";
  }

  step(title) {
    this.#steps.hidden = false;
    this.#steps.textContent = this.#steps.textContent ? `${this.#steps.textContent} · ${title}` : title;
  }

  add(text) {
    this.#text.textContent = (this.#text.textContent === "…" ? "" : this.#text.textContent) + text;
  }

  attach(files) {
    for (const file of files) {
      const url = new URL(file.url, location.href);
      if (url.origin !== location.origin) continue;
      this.#files.append(element("a", { class: "file", href: url.href, download: file.name },
        `${words.download}: ${file.name}`));
    }
  }

  /** Keeps the text received so far: it may report something that was done. */
  problem(text) {
    if (this.#text.textContent === "…") this.#text.textContent = "";
    this.item.append(element("p", { class: "problem" }, text));
  }

  end() {
    if (this.#text.textContent === "…") this.#text.textContent = "";
    if (!this.item.textContent) this.item.remove();
    this.item.removeAttribute("aria-busy");
  }
}
