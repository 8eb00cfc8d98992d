// Today's power by quarters of an hour: solar production, consumption, storage, and exchange with the grid.

import { element } from "./elements.js";
import { graphQL } from "./home-service.js";
import { language, number, words } from "./home-words.js";
import { shape } from "./shapes.js";

const place = document.getElementById("curve");
const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [600, 240, 44, 24, 12];
/** One query per device, as many as a request may hold, with some margin. */
const MOST = 90;
const COLOURS = { solar: "sun", house: "house", storage: "store", grid: "grid" };

/** The local date in the building, as 2026-06-21, a number of days from today. */
function date(timeZone, days) {
  const today = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" }).format(new Date());
  return new Date(Date.parse(`${today}T00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

export async function showCurve(building, devices) {
  if (!devices.length || devices.length > MOST) {
    return place.replaceChildren(element("p", { class: "quiet" }, devices.length ? words.tooMany : words.noDevices));
  }
  const fields = devices.map((device, index) =>
    `d${index}: energyHistory(start: $start, end: $end, interval: QUARTER_HOUR, deviceId: ${JSON.stringify(device.id)}) `
      + `{ ${index ? "" : "start end "}netKwh }`);
  const data = await graphQL(building, `query Day($start: DateTime!, $end: DateTime!) { ${fields.join(" ")} }`, {
    start: date(building.time_zone, 0), end: date(building.time_zone, 1),
  });
  const quarters = data.d0.map(({ start, end }) => ({
    start: Date.parse(start), end: Date.parse(end), solar: 0, house: 0, storage: 0, grid: 0,
  }));
  for (const [index, device] of devices.entries()) {
    const part = device.deviceType === "SOLAR_PANEL" ? "solar" : device.deviceType === "APPLIANCE" ? "house" : "storage";
    for (const [place, quarter] of quarters.entries()) {
      const { netKwh } = data[`d${index}`][place];
      // Consumption is drawn upwards, next to solar production.
      quarter[part] += part === "house" ? -netKwh : netKwh;
      quarter.grid += netKwh;
    }
  }
  draw(building, quarters, new Set(devices.map((device) => device.deviceType)));
}

function draw(building, quarters, types) {
  const shown = ["solar", "house", "storage", "grid"].filter((name) =>
    name === "solar" ? types.has("SOLAR_PANEL")
      : name === "storage" ? types.has("BATTERY") || types.has("ELECTRIC_VEHICLE") : true);
  const past = quarters.filter((quarter) => quarter.start <= Date.now());
  // The energy of a quarter of an hour as its mean power.
  const kilowatts = (quarter, name) => quarter[name] / ((quarter.end - quarter.start) / 3_600_000);
  const values = past.flatMap((quarter) => shown.map((name) => kilowatts(quarter, name)));
  const step = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100].find((size) =>
    (Math.max(0.2, ...values) - Math.min(0, ...values)) / size <= 6) ?? 500;
  const high = Math.ceil(Math.max(0.2, ...values) / step) * step;
  const low = Math.floor(Math.min(0, ...values) / step) * step;
  const [start, end] = [quarters[0].start, quarters.at(-1).end];
  const x = (time) => LEFT + ((time - start) / (end - start)) * (WIDTH - LEFT - 8);
  const y = (value) => TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const sum = (name) => past.reduce((total, quarter) => total + quarter[name], 0);
  const text = words.curveText(number(sum("solar")), number(sum("house")), number(sum("grid")));
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": text });
  for (let value = low; value <= high + step / 2; value += step) {
    const isZero = Math.abs(value) < step / 2;
    svg.append(
      shape("line", { class: isZero ? "chart-zero" : "chart-grid", x1: LEFT, x2: WIDTH - 8, y1: y(value), y2: y(value) }),
      shape("text", { class: "chart-label", x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" },
        `${number(value, step < 1 ? (step === 0.25 ? 2 : 1) : 0)}`));
  }
  svg.append(shape("text", { class: "chart-label", x: LEFT + 4, y: TOP + 2 }, "kW"));
  for (let hours = 0; hours <= 24; hours += 6) {
    const time = start + ((end - start) / 24) * hours;
    const label = new Date(time).toLocaleTimeString(language, {
      timeZone: building.time_zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    });
    svg.append(shape("text", {
      class: "chart-label", x: x(time), y: HEIGHT - 6,
      "text-anchor": hours === 0 ? "start" : hours === 24 ? "end" : "middle",
    }, label));
  }
  for (const name of shown) {
    const points = past.map((quarter) =>
      `${x((quarter.start + Math.min(quarter.end, Date.now())) / 2).toFixed(1)},${y(kilowatts(quarter, name)).toFixed(1)}`);
    if (name === "solar" && points.length) {
      const ground = y(0).toFixed(1);
      const ends = [`${points.at(-1).split(",")[0]},${ground}`, `${points[0].split(",")[0]},${ground}`];
      svg.append(shape("polygon", { class: "curve-area", points: [...points, ...ends].join(" ") }));
    }
    svg.append(shape("polyline", { class: `curve-line ${COLOURS[name]}`, points: points.join(" ") }));
  }
  place.replaceChildren(svg,
    element("ul", { class: "legend" }, shown.map((name) => element("li", {}, sample(COLOURS[name]), words[name]))),
    element("p", { class: "quiet" }, text));
}

function sample(colour) {
  return shape("svg", { viewBox: "0 0 28 10", "aria-hidden": "true" },
    shape("line", { class: `curve-line ${colour}`, x1: 0, x2: 28, y1: 5, y2: 5 }));
}
