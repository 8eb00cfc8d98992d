// How warm the room is to be: what the guest wishes, and what the heating says to it.

import { element } from "./elements.js";
import { ask, get, Refusal } from "./guest-service.js";
import { language, number, reason, words } from "./guest-words.js";

const part = (id) => document.getElementById(id);
const STEP = 0.5;
/** So long the heating may take before the page says that it does not answer, milliseconds. */
const PATIENCE = 10_000;
/** What can be chosen as an end: hours of the building's clock, or a span. */
const ENDS = ["", "2h", "22:00", "08:00"];

export class SetpointView {
  #room;
  #timeZone;
  #onEnd;
  #setpoint;
  #goal;
  /** Whether the guest has turned the goal since it was set. */
  #isTurned = false;
  #previous;
  #sent = 0;

  constructor(room, timeZone, onEnd) {
    this.#room = room;
    this.#timeZone = timeZone;
    this.#onEnd = onEnd;
  }

  async begin() {
    part("until").replaceChildren(...ENDS.map((end) => element("option", { value: end }, words.ends[end] ?? end)));
    part("cooler").ariaLabel = words.cooler;
    part("warmer").ariaLabel = words.warmer;
    part("cooler").addEventListener("click", () => this.#turn(-STEP));
    part("warmer").addEventListener("click", () => this.#turn(STEP));
    part("set").addEventListener("click", () => this.#wish(this.#goal, this.#end()));
    part("back").addEventListener("click", () => this.#wish(null));
    part("undo").addEventListener("click", () => this.#undo());
    this.take(await get(`/rooms/${this.#room}/setpoint/`));
    part("wish").hidden = false;
    setInterval(() => this.#show(), 1000);
  }

  /** Takes what the service says of the set-point, now or as it changes. */
  take(setpoint) {
    // Before the first answer, which alone has the limits, there is nothing to show it by.
    if (!setpoint.limits && !this.#setpoint) return;
    this.#setpoint = { ...this.#setpoint, ...setpoint };
    if (!this.#isTurned) this.#goal = this.#present();
    this.#show();
  }

  #present() {
    const { wished, reported, limits } = this.#setpoint;
    const celsius = wished?.celsius ?? reported?.celsius ?? 22;
    return limits ? Math.min(Math.max(celsius, limits.minimum), limits.maximum) : celsius;
  }

  #turn(step) {
    const { minimum, maximum } = this.#setpoint.limits;
    this.#goal = Math.min(Math.max(Math.round((this.#goal + step) / STEP) * STEP, minimum), maximum);
    this.#isTurned = true;
    this.#show();
  }

  async #undo() {
    const previous = this.#previous;
    const isOver = previous?.until && Date.parse(previous.until) <= Date.now();
    await this.#wish(previous && !isOver ? previous.celsius : null, previous?.until, true);
  }

  /** - celsius: `null` gives the room back to its schedule. */
  async #wish(celsius, until, isUndo = false) {
    const path = `/rooms/${this.#room}/setpoint/`;
    try {
      const answer = await ask(path, celsius === null ? { method: "DELETE" } : {
        method: "PUT", headers: { "Content-Type": "application/json" },
        body: JSON.stringify(until ? { celsius, until } : { celsius }),
      });
      const setpoint = await answer.json();
      this.#previous = isUndo ? undefined : setpoint.previous ?? null;
      this.#isTurned = false;
      this.#sent = Date.now();
      this.take(setpoint);
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) return this.#onEnd();
      part("wish-state").textContent = words.failedAnswer;
    }
  }

  /** When the wish is to end; `undefined`: never. */
  #end() {
    const choice = part("until").value;
    if (choice.endsWith("h")) return new Date(Date.now() + parseInt(choice) * 3_600_000).toISOString();
    if (!choice) return undefined;
    const clock = (moment) => moment.toLocaleString("sv-SE", { timeZone: this.#timeZone });
    const now = clock(new Date());
    const day = choice > now.slice(11, 16) ? now : clock(new Date(Date.now() + 86_400_000));
    return `${day.slice(0, 10)}T${choice}`;
  }

  #show() {
    const { wished, reported, limits } = this.#setpoint;
    this.#put("goal", `${number(this.#goal)} °C`);
    part("cooler").disabled = this.#goal <= limits.minimum;
    part("warmer").disabled = this.#goal >= limits.maximum;
    part("back").hidden = !wished;
    part("undo").hidden = this.#previous === undefined;
    const until = wished?.until ? ` ${words.untilTime(this.#time(wished.until))}` : "";
    this.#put("wished", wished ? `${number(wished.celsius)} °C${until}` : words.nothingWished);
    this.#put("reported", reported?.celsius == null ? "–" : `${number(reported.celsius)} °C`);
    this.#put("wish-state", this.#state());
  }

  /** Only where it differs, so that nobody is told the same twice. */
  #put(id, text) {
    if (part(id).textContent !== text) part(id).textContent = text;
  }

  #state() {
    const { is_answered: isAnswered, reported, wished } = this.#setpoint;
    if (!isAnswered) return Date.now() - this.#sent < PATIENCE ? words.asking : words.unreachable;
    switch (reported?.state) {
      // Of a wish that was taken back before this page was opened nobody wants to hear.
      case "held": return wished || this.#sent ? words.held : "";
      case "limited": case "refused": case "replaced": case "ended": return reason(reported.reason ?? "");
      default: return "";
    }
  }

  #time(timestamp) {
    return new Date(timestamp).toLocaleString(language, {
      timeZone: this.#timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    });
  }
}
