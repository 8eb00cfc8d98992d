// Batteries and cars: their charge, their mode, and their desired mode.

import { element } from "./elements.js";
import { graphQL, Refusal } from "./home-service.js";
import { number, power, words } from "./home-words.js";

const place = document.getElementById("storage");
const MODES = [["CHARGING", "charge"], ["DISCHARGING", "discharge"], ["IDLE", "hold"]];
const SET = `mutation Set($id: ID!, $mode: StorageMode!, $rate: Float) {
  setStorageMode(deviceId: $id, mode: $mode, rateWatts: $rate) { success errors }
}`;

/** One entry per device, kept as long as the device exists, so that text being typed is not lost. */
const cards = new Map();

export function showStorage(building, devices, changed) {
  for (const id of cards.keys()) {
    if (!devices.some((device) => device.id === id)) cards.delete(id);
  }
  for (const device of devices) {
    if (!cards.has(device.id)) cards.set(device.id, new Card(building, device, changed));
    cards.get(device.id).show(device);
  }
  const wanted = devices.map((device) => cards.get(device.id).root);
  if (!wanted.length) return place.replaceChildren(element("p", { class: "quiet" }, words.noStorage));
  if (wanted.length !== place.children.length || wanted.some((root, index) => place.children[index] !== root)) {
    place.replaceChildren(...wanted);
  }
}

class Card {
  #meter = element("meter", { min: 0, max: 100, low: 15 });
  #level = element("p");
  #buttons = new Map();
  #rate = element("input", { type: "number", min: 1, step: "any", inputMode: "numeric", placeholder: words.asMuch });
  #answer = element("p", { role: "status", class: "quiet" });

  constructor(building, device, changed) {
    const name = device.name;
    this.#meter.setAttribute("aria-label", name);
    this.#rate.id = `rate-${device.id}`;
    for (const [mode, word] of MODES) {
      this.#buttons.set(mode, element("button", {
        type: "button", class: "mode", "aria-pressed": "false",
        onclick: () => this.#set(building, device.id, mode, changed),
      }, words[word]));
    }
    this.root = element("article", { class: "one", "data-device": device.name },
      element("h3", {}, name), this.#meter, this.#level,
      element("fieldset", {}, element("legend", {}, words.mode), [...this.#buttons.values()],
        element("label", { for: this.#rate.id }, `${words.power} (W)`), this.#rate), this.#answer);
  }

  /** - isFresh: whether its power is recent. */
  show({ state, properties, isFresh }) {
    const capacity = properties.capacityWh ?? properties.batteryCapacityWh;
    this.#meter.value = state.chargePercentage ?? 0;
    const level = state.chargeWh === null ? words.unknown : words.level(
      number(state.chargePercentage, 0), number(state.chargeWh / 1000), number(capacity / 1000));
    const watts = isFresh ? state.powerWatts : 0;
    const doing = watts ? `${watts < 0 ? words.charging : words.discharging} ${power(watts)}` : words.idle;
    this.#level.textContent = `${level} · ${doing}`;
    this.#rate.max = String(Math.max(properties.maxChargeRateWatts, properties.maxDischargeRateWatts));
    for (const [mode, button] of this.#buttons) button.setAttribute("aria-pressed", String(mode === state.mode));
  }

  async #set(building, id, mode, changed) {
    const rate = mode === "IDLE" || !this.#rate.value ? null : Number(this.#rate.value);
    this.#answer.className = "quiet";
    this.#answer.textContent = words.sending;
    for (const button of this.#buttons.values()) button.disabled = true;
    try {
      const { setStorageMode: { success, errors } } = await graphQL(building, SET, { id, mode, rate });
      this.#answer.className = success ? "quiet" : "problem";
      this.#answer.textContent = success ? words.done : errors.join(" ");
    } catch (error) {
      this.#answer.className = "problem";
      // Without a response it is unknown whether the change was made.
      this.#answer.textContent = error instanceof Refusal ? error.message : words.unconfirmed;
    } finally {
      for (const button of this.#buttons.values()) button.disabled = false;
    }
    await changed();
  }
}
