// The room at a glance: the newest values, as they come.

import { element } from "./elements.js";
import { ask, events, Refusal } from "./guest-service.js";
import { number, words } from "./guest-words.js";

const list = document.getElementById("now");
const state = document.getElementById("state");
/** An older value says when it was measured, milliseconds. */
const FRESH = 15 * 60 * 1000;
const PAUSE = 3000;

/** What is shown, in order: the datapoint, the device classes that tell of it best first, and how it is written. */
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

  /** - onSetpoint: told what is wished and reported, at first and whenever it changes. */
  constructor(timeZone, onEnd, onSetpoint) {
    this.#timeZone = timeZone;
    this.#onEnd = onEnd;
    this.#onSetpoint = onSetpoint;
  }

  /** Listens for as long as the page is open, and again whenever the stream breaks off. */
  async listen(room) {
    setInterval(() => this.#show(), 60_000);
    while (true) {
      try {
        for await (const { name, data } of events(await ask(`/rooms/${room}/live/`))) {
          this.#live(true);
          if (name === "snapshot") {
            this.#readings.clear();
            for (const reading of data.readings) this.#keep(reading);
          } else if (name === "reading") {
            this.#keep(data);
          } else if (name === "setpoint") {
            this.#onSetpoint(data);
          }
          this.#show();
        }
      } catch (error) {
        if (error instanceof Refusal && error.status === 401) return this.#onEnd();
      }
      this.#live(false);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  #live(isLive) {
    state.dataset.live = isLive ? "yes" : "no";
    const text = isLive ? words.live : words.waiting;
    if (state.textContent !== text) state.textContent = text;
  }

  #keep(reading) {
    this.#readings.set(`${reading.device_id} ${reading.datapoint}`, reading);
  }

  /** Of several devices the one that speaks best for the room, else the newest. */
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
    list.replaceChildren(...(tiles.length ? tiles : [element("p", { class: "quiet" }, words.noData)]));
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
