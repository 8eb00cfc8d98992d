// The room's set-point: the desired state and the state that the heating reports.

import { element } from "./elements.js";
import { ask, get, Refusal } from "./guest-service.js";
import { language, number, reason, words } from "./guest-words.js";

const part = (id) => document.getElementById(id);
const STEP = 0.5;
/** The time in milliseconds after which the page says that the heating does not answer. */
const PATIENCE = 10_000;
/** The time-out of a request, in milliseconds. */
const SENDING = 10_000;
/** The ends to choose from: hours of the building's local time, or durations. */
const ENDS = ["", "2h", "22:00", "08:00"];

export class SetpointView {
  #room;
  #timeZone;
  #onEnd;
  #setpoint;
  #goal;
  /** Whether the guest has changed the temperature since it was set. */
  #isTurned = false;
  #previous;
  #sent = 0;
  /**
   * What was asked for and is not confirmed: `{ celsius, until, isUndo, before, phase }`, with the wish that was known
   * before and the phase `sending`, `unconfirmed` where no answer came, or `refused`. Until the service has answered, or
   * its news show the change, nothing says that it was made.
   */
  #pending;
  #isLive = false;

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
    part("again").addEventListener("click", () => {
      if (this.#pending) this.#wish(this.#pending.celsius, this.#pending.until, this.#pending.isUndo, this.#pending.before);
    });
    this.take(await get(`/rooms/${this.#room}/setpoint/`));
    part("wish").hidden = false;
    setInterval(() => this.#show(), 1000);
  }

  /** Updates the page with the set-point from the service, at first and on each change. */
  take(setpoint) {
    // Only the first response has the limits, so nothing can be shown before it.
    if (!setpoint.limits && !this.#setpoint) return;
    this.#setpoint = { ...this.#setpoint, ...setpoint };
    if (this.#isDone()) this.#confirm(this.#pending.before);
    if (!this.#isTurned) this.#goal = this.#present();
    this.#show();
  }

  /** Whether the page is connected to the service. */
  connection(isLive) {
    this.#isLive = isLive;
    if (this.#setpoint) this.#show();
  }

  /** Whether an update shows that a change was made although its response was lost. */
  #isDone() {
    if (this.#pending?.phase !== "unconfirmed") return false;
    const { celsius, before } = this.#pending;
    const { desired } = this.#setpoint;
    return celsius === null ? Boolean(before) && !desired : desired?.celsius === celsius && desired.version > (before?.version ?? 0);
  }

  #confirm(previous) {
    this.#previous = this.#pending.isUndo ? undefined : previous ?? null;
    this.#pending = undefined;
    this.#isTurned = false;
    this.#sent = Date.now();
  }

  #present() {
    const { desired, reported, in_force: inForce, limits } = this.#setpoint;
    const celsius = desired?.celsius ?? reported?.celsius ?? inForce ?? 22;
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

  /**
   * - celsius: `null` gives the room back to its schedule.
   * - before: what was desired before the first try.
   */
  async #wish(celsius, until, isUndo = false, before = this.#setpoint.desired) {
    const pending = { celsius, until, isUndo, before, phase: "sending" };
    this.#pending = pending;
    this.#show();
    try {
      const answer = await ask(`/rooms/${this.#room}/setpoint/`, {
        signal: AbortSignal.timeout(SENDING),
        ...(celsius === null ? { method: "DELETE" } : {
          method: "PUT", headers: { "Content-Type": "application/json" },
          body: JSON.stringify(until ? { celsius, until } : { celsius }),
        }),
      });
      const setpoint = await answer.json();
      if (this.#pending !== pending) return;
      // A first attempt may have succeeded without a response: then the service reports it as the previous state.
      const isOwn = setpoint.previous && setpoint.previous.version > (before?.version ?? 0)
        && setpoint.previous.celsius === celsius;
      this.#confirm(isOwn ? before : setpoint.previous);
      this.take(setpoint);
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) return this.#onEnd();
      pending.phase = error instanceof Refusal ? "refused" : "unconfirmed";
      if (this.#isDone()) this.#confirm(before);
      this.#show();
    }
  }

  /** The end of the desired state; `undefined`: never. */
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
    const { desired, reported, in_force: inForce, limits } = this.#setpoint;
    const celsius = reported?.celsius ?? inForce;
    this.#put("goal", `${number(this.#goal)} °C`);
    part("cooler").disabled = this.#goal <= limits.minimum;
    part("warmer").disabled = this.#goal >= limits.maximum;
    part("back").hidden = !desired;
    part("undo").hidden = this.#previous === undefined;
    const isSending = this.#pending?.phase === "sending";
    for (const id of ["set", "back", "undo"]) part(id).disabled = isSending;
    part("again").hidden = !this.#pending || isSending;
    const until = desired?.until ? ` ${words.untilTime(this.#time(desired.until))}` : "";
    this.#put("desired", desired ? `${number(desired.celsius)} °C${until}` : words.nothingDesired);
    this.#put("reported", celsius === undefined ? "–" : `${number(celsius)} °C`);
    part("wish-state").dataset.phase = this.#pending?.phase ?? "";
    this.#put("wish-state", this.#state());
  }

  /** Updates only if the text differs, so that screen readers do not repeat it. */
  #put(id, text) {
    if (part(id).textContent !== text) part(id).textContent = text;
  }

  #state() {
    if (this.#pending) return words[this.#pending.phase];
    if (this.#isTurned && this.#goal !== this.#present()) return words.unset;
    const { is_answered: isAnswered, reported, desired } = this.#setpoint;
    if (!isAnswered && !this.#isLive) return words.unheard;
    if (!isAnswered) return Date.now() - this.#sent < PATIENCE ? words.asking : words.unreachable;
    switch (reported?.state) {
      // Not shown if the desired state was withdrawn before this page was opened.
      case "accepted": return desired || this.#sent ? words.held : "";
      case "clamped": case "rejected": case "overridden": case "expired": return reason(reported);
      default: return "";
    }
  }

  #time(timestamp) {
    return new Date(timestamp).toLocaleString(language, {
      timeZone: this.#timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    });
  }
}
