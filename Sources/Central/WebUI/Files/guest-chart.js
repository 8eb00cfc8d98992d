// A chart of the temperature over the last 24 hours: a line for the mean of each quarter of an hour, a band from minimum
// to maximum. Gaps stay gaps.

import { element } from "./elements.js";
import { get } from "./guest-service.js";
import { number, words } from "./guest-words.js";

const place = document.getElementById("chart");
const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [600, 220, 36, 24, 10];
const DAY = 24 * 3600 * 1000;
const QUARTER = 900 * 1000;

function shape(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Neighbouring quarters without a gap between them. */
function runs(entries) {
  const found = [];
  for (const entry of entries) {
    const last = found.at(-1)?.at(-1);
    if (last && entry.time - last.time <= QUARTER) found.at(-1).push(entry);
    else found.push([entry]);
  }
  return found;
}

export async function showChart(room, timeZone) {
  const end = Date.now();
  const start = Math.floor((end - DAY) / 1000);
  const rows = await get(`/rooms/${room}/history/?datapoint=temperature&interval=15min&start_time=${start}`);
  const entries = rows.map((row) => ({ time: Date.parse(row.timestamp), ...row }));
  if (!entries.length) return place.replaceChildren(element("p", { class: "quiet" }, words.noChart));
  const low = Math.floor(Math.min(...entries.map((entry) => entry.minimum)) - 0.5);
  const high = Math.ceil(Math.max(...entries.map((entry) => entry.maximum)) + 0.5);
  const x = (time) => LEFT + ((time - (end - DAY)) / DAY) * (WIDTH - LEFT - 8);
  const y = (value) => TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const text = words.chartText(
    number(Math.min(...entries.map((entry) => entry.minimum))),
    number(Math.max(...entries.map((entry) => entry.maximum))), number(entries.at(-1).value));
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": text });
  const step = Math.max(1, Math.ceil((high - low) / 5));
  for (let value = low; value <= high; value += step) {
    svg.append(
      shape("line", { class: "chart-grid", x1: LEFT, x2: WIDTH - 8, y1: y(value), y2: y(value) }),
      shape("text", { class: "chart-label", x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, `${value}°`));
  }
  for (let hours = 24; hours >= 0; hours -= 6) {
    const time = end - hours * 3600 * 1000;
    const label = new Date(time).toLocaleTimeString(document.documentElement.lang, {
      timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    });
    svg.append(shape("text", {
      class: "chart-label", x: x(time), y: HEIGHT - 6,
      "text-anchor": hours === 24 ? "start" : hours === 0 ? "end" : "middle",
    }, label));
  }
  for (const run of runs(entries)) {
    const middle = (entry) => x(entry.time + QUARTER / 2).toFixed(1);
    const upper = run.map((entry) => `${middle(entry)},${y(entry.maximum).toFixed(1)}`);
    const lower = run.map((entry) => `${middle(entry)},${y(entry.minimum).toFixed(1)}`).reverse();
    svg.append(
      shape("polygon", { class: "chart-band", points: [...upper, ...lower].join(" ") }),
      shape("polyline", {
        class: "chart-line", points: run.map((entry) => `${middle(entry)},${y(entry.value).toFixed(1)}`).join(" "),
      }));
  }
  place.replaceChildren(svg);
}
