// The room at a glance: the newest values as they arrive.

import { element } from "./elements.js";
import { ask, events, Refusal } from "./guest-service.js";
import { number, words } from "./guest-words.js";

const list = document.getElementById("now");
const state = document.getElementById("state");
/** The age in milliseconds from which a value is shown with its time. */
const FRESH = 15 * 60 * 1000;
const PAUSE = 3000;
/** The time-out for connecting, in milliseconds. */
const CONNECTING = 10_000;
/** The default interval between heartbeats, and the tolerance for late ones, in milliseconds. */
const HEARTBEAT = 15_000;
const LATE = 3000;
/** The header with the interval, in seconds. */
const HEADER = "Hearth-Heartbeat";

/** The values shown, in order: the datapoint, its device classes by preference, and its format. */
const TILES = [
  ["temperature", ["climate", "iaq"], (value) => `${number(value)} °C`, "temperature"],
  ["setpoint", ["climate"], (value) => `${number(value)} °C`, "setpoint"],
  ["humidity", ["iaq"], (value) => `${number(value, 0)} %`, "humidity"],
  ["co2", ["iaq"], (value) => `${number(value, 0)} ppm`, "co2"],
  ["presence_state", ["life_being"], (value) => words[value] ?? String(value), "presence"],
  ["valve_level", ["climate", "valve"], (value) => `${number(value, 0)} %`, "valve"],
];

export class RoomView {
  #readings = new Map();
  #timeZone;
  #onEnd;
  #onSetpoint;
  #onLive;
  /** The time at which the service was last heard, and how long it may be silent, in milliseconds. */
  #heard = 0;
  #limit = HEARTBEAT + LATE;
  #isLive = false;
  #since;
  #attempt;

  /**
   * - onSetpoint: told what is desired and reported, at first and whenever it changes.
   * - onLive: told whether the service is heard, whenever that changes.
   */
  constructor(timeZone, onEnd, onSetpoint, onLive) {
    this.#timeZone = timeZone;
    this.#onEnd = onEnd;
    this.#onSetpoint = onSetpoint;
    this.#onLive = onLive;
  }

  /** Listens as long as the page is open, and reconnects whenever the stream breaks off or falls silent. */
  async listen(room) {
    setInterval(() => this.#show(), 60_000);
    setInterval(() => this.#judge(), 1000);
    addEventListener("offline", () => this.#attempt?.abort());
    while (true) {
      const attempt = new AbortController();
      this.#attempt = attempt;
      const tooLong = setTimeout(() => attempt.abort(), CONNECTING);
      try {
        const answer = await ask(`/rooms/${room}/live/`, { signal: attempt.signal });
        this.#limit = (Number(answer.headers.get(HEADER)) * 1000 || HEARTBEAT) + LATE;
        for await (const { name, data } of events(answer)) {
          clearTimeout(tooLong);
          this.#heard = Date.now();
          this.#live(true);
          if (name === "snapshot") {
            this.#since = data.since;
            this.#readings.clear();
            for (const reading of data.readings) this.#keep(reading);
          } else if (name === "reading") {
            this.#keep(data);
          } else if (name === "setpoint") {
            this.#onSetpoint(data);
          }
          if (name !== "alive") this.#show();
        }
      } catch (error) {
        if (error instanceof Refusal && error.status === 401) return this.#onEnd();
      }
      clearTimeout(tooLong);
      attempt.abort();
      this.#live(false);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  /** Treats a connection that is open but silent as lost. */
  #judge() {
    if (!this.#isLive || Date.now() - this.#heard <= this.#limit) return;
    this.#live(false);
    this.#attempt?.abort();
  }

  #live(isLive) {
    state.dataset.live = isLive ? "yes" : this.#heard ? "lost" : "no";
    const lost = this.#heard ? words.lost(this.#time(this.#heard)) : words.waiting;
    const text = isLive ? words.live : lost;
    if (state.textContent !== text) state.textContent = text;
    if (isLive === this.#isLive) return;
    this.#isLive = isLive;
    this.#onLive(isLive);
  }

  #keep(reading) {
    this.#readings.set(`${reading.device_id} ${reading.datapoint}`, reading);
    if (reading.datapoint === "setpoint" && typeof reading.value === "number") this.#onSetpoint({ in_force: reading.value });
  }

  /** Of several devices, the one that represents the room best, otherwise the newest. */
  #best(datapoint, devices) {
    const known = [...this.#readings.values()].filter((reading) => reading.datapoint === datapoint);
    const rank = (reading) => {
      const place = devices.findIndex((device) => reading.device_id.endsWith(`/${device}`));
      return place < 0 ? devices.length : place;
    };
    return known.sort((a, b) => rank(a) - rank(b) || Date.parse(b.timestamp) - Date.parse(a.timestamp))[0];
  }

  #show() {
    const tiles = TILES.flatMap(([datapoint, devices, write, word]) => {
      const reading = this.#best(datapoint, devices);
      if (!reading) return [];
      const text = typeof reading.value === "number" || datapoint === "presence_state"
        ? write(reading.value) : String(reading.value);
      return [element("div", {}, element("dt", {}, words[word]), element("dd", {}, text, this.#note(reading)))];
    });
    list.replaceChildren(...(tiles.length ? tiles : [element("p", { class: "quiet" }, this.#nothing())]));
  }

  /** The text before the first reading, with the beginning of the guest's stay. */
  #nothing() {
    return this.#since ? words.noDataSince(this.#time(this.#since)) : words.noData;
  }

  #note(reading) {
    const notes = [];
    if (Date.now() - Date.parse(reading.timestamp) > FRESH) notes.push(`${words.at} ${this.#time(reading.timestamp)}`);
    if (words[reading.quality]) notes.push(words[reading.quality]);
    return notes.length ? element("small", {}, notes.join(", ")) : null;
  }

  #time(timestamp) {
    return new Date(timestamp).toLocaleString(document.documentElement.lang, {
      timeZone: this.#timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    });
  }
}
