// The page at /home: production, consumption and storage of electricity in one home.

import { connectTokenForm, currentToken } from "./docs-token.js";
import { element } from "./elements.js";
import { showCurve } from "./home-curve.js";
import { showFlow } from "./home-flow.js";
import { buildings, graphQL, Refusal, takeToken } from "./home-service.js";
import { showStorage } from "./home-storage.js";
import { language, power, translatePage, words } from "./home-words.js";

const main = document.querySelector("main");
const form = document.getElementById("token");
const state = document.getElementById("state");
const problem = document.getElementById("token-problem");
const chooser = document.getElementById("building");
const others = document.getElementById("others");
const PERIOD = 5000;
/** The time without a response, in milliseconds, after which the values no longer count as live. */
const FALLEN_SILENT = 12_000;
const CURVE_PERIOD = 60_000;
/** An older power reading does not count as current. */
const FRESH = 15 * 60 * 1000;
const WEEK = 6 * 24 * 60 * 60 * 1000;

const NOW = `{
  devices(first: 1000) {
    id name deviceType
    properties {
      ... on BatteryProperties { capacityWh maxChargeRateWatts maxDischargeRateWatts }
      ... on ElectricVehicleProperties { batteryCapacityWh maxChargeRateWatts maxDischargeRateWatts }
    }
    state { powerWatts chargeWh chargePercentage mode updatedAt }
  }
  energySummary { netPowerWatts measuredAt }
}`;

let building;
let known = [];
/** The time of the service's last response. */
let heard = 0;
/** Counts the opened tokens, so that requests of an older one end. */
let turn = 0;

translatePage();
takeToken();
setInterval(() => {
  if (state.dataset.live === "yes" && Date.now() - heard > FALLEN_SILENT) live(false);
}, 1000);
addEventListener("offline", () => live(false));
connectTokenForm(words);
form.addEventListener("submit", open);
document.getElementById("token-forget").addEventListener("click", () => {
  turn += 1;
  main.hidden = true;
  state.textContent = "";
});
chooser.addEventListener("change", () => choose(known[chooser.selectedIndex]));
addEventListener("hashchange", () => {
  if (!location.hash.includes("token=")) return;
  takeToken();
  location.reload();
});
const other = document.getElementById("other");
other.addEventListener("click", () => {
  form.hidden = !form.hidden;
  other.setAttribute("aria-expanded", String(!form.hidden));
  if (!form.hidden) document.getElementById("token-field").focus();
});
form.hidden = Boolean(currentToken());
if (currentToken()) await open();

async function open() {
  problem.textContent = "";
  try {
    known = await buildings();
  } catch (error) {
    form.hidden = false;
    problem.textContent = error instanceof Refusal && [401, 403].includes(error.status) ? words.refused : words.failed;
    return;
  }
  if (!known.length) {
    form.hidden = false;
    problem.textContent = words.noBuilding;
    return;
  }
  chooser.replaceChildren(...known.map(({ name, slug }) => element("option", { value: slug }, name)));
  document.getElementById("choice").hidden = known.length < 2;
  form.hidden = true;
  other.hidden = false;
  other.setAttribute("aria-expanded", "false");
  main.hidden = false;
  await choose(known[0]);
}

/** Shows a building until another one is selected. */
async function choose(chosen) {
  const mine = ++turn;
  building = chosen;
  document.getElementById("name").textContent = chosen.name;
  document.title = chosen.name;
  let drawn = 0;
  while (turn === mine) {
    if (!document.hidden) {
      const devices = await refresh();
      if (turn === mine && devices && Date.now() - drawn > CURVE_PERIOD) {
        drawn = Date.now();
        await showCurve(chosen, devices).catch(() => {});
      }
    }
    await new Promise((resolve) => setTimeout(resolve, PERIOD));
  }
}

/** Shows the current state, and returns the devices, or nothing if they could not be loaded. */
async function refresh() {
  const asked = building;
  try {
    const { devices, energySummary } = await graphQL(asked, NOW);
    if (asked !== building) return undefined;
    heard = Date.now();
    live(true);
    show(devices, energySummary);
    return devices;
  } catch (error) {
    live(false);
    if (error instanceof Refusal && error.status === 401) {
      turn += 1;
      main.hidden = true;
      form.hidden = false;
      problem.textContent = words.refused;
    }
    return undefined;
  }
}

function show(devices, summary) {
  const fresh = (device) =>
    device.state.powerWatts !== null && Date.now() - Date.parse(device.state.updatedAt) <= FRESH;
  const of = (type) => devices.filter((device) => device.deviceType === type);
  const sum = (type) => of(type).filter(fresh).reduce((total, device) => total + device.state.powerWatts, 0);
  showFlow({
    powers: {
      solar: sum("SOLAR_PANEL"), house: sum("APPLIANCE"), battery: sum("BATTERY"), car: sum("ELECTRIC_VEHICLE"),
    },
    has: {
      solar: of("SOLAR_PANEL").length > 0, battery: of("BATTERY").length > 0, car: of("ELECTRIC_VEHICLE").length > 0,
    },
    net: summary.netPowerWatts,
  });
  const storage = [...of("BATTERY"), ...of("ELECTRIC_VEHICLE")];
  showStorage(building, storage.map((device) => ({ ...device, isFresh: fresh(device) })), refresh);
  const list = of("APPLIANCE").map((device) => [device, fresh(device) ? device.state.powerWatts : null])
    .sort((a, b) => (a[1] ?? 1) - (b[1] ?? 1))
    .map(([device, watts]) => element("li", {},
      element("span", {}, device.name), element("span", {}, watts === null ? last(device) : power(watts))));
  others.replaceChildren(...(list.length ? list : [element("li", { class: "quiet" }, devices.length
    ? words.noAppliances
    : element("span", {}, words.noDevices, " ", element("a", { href: "/graphql" }, words.register)))]));
}

/** The time of the last update. */
function last({ state: { updatedAt } }) {
  if (!updatedAt) return words.unknown;
  const isLongAgo = Date.now() - Date.parse(updatedAt) > WEEK;
  const day = isLongAgo ? { day: "numeric", month: "short", year: "numeric" } : { weekday: "short" };
  const time = new Date(updatedAt).toLocaleString(language, {
    timeZone: building.time_zone, ...day, hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  return `${words.at} ${time}`;
}

function clock(time) {
  return new Date(time).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

function live(isLive) {
  if (main.hidden) return;
  state.dataset.live = isLive ? "yes" : heard ? "lost" : "no";
  const lost = heard ? words.lost(clock(heard)) : words.waiting;
  const text = isLive ? words.live : lost;
  if (state.textContent !== text) state.textContent = text;
}
