// Current power flows, as a drawing and in words.

import { element } from "./elements.js";
import { power, words } from "./home-words.js";
import { shape } from "./shapes.js";

const place = document.getElementById("flow");
const list = document.getElementById("now");
/** Power below this counts as zero, in W. */
const NOTHING = 5;

/** The elements of the drawing: position, colour, and icon in a 24 by 24 grid. */
const NODES = {
  solar: [180, 42, "sun", "M12 7a5 5 0 1 0 0 10a5 5 0 1 0 0-10M12 1v3M12 20v3M1 12h3M20 12h3M4 4l2 2M18 18l2 2M4 20l2-2M18 6l2-2"],
  grid: [48, 160, "grid", "M9 2h6l4 20M9 2L5 22M7 12h10M6 17h12M10 7h4"],
  house: [180, 160, "house", "M3 11l9-8l9 8M5 10v11h14V10M10 21v-6h4v6"],
  battery: [312, 160, "store", "M3 7h16v10H3zM22 10v4M7 10v4M11 10v4"],
  car: [180, 278, "store", "M3 16v-4l3-6h12l3 6v4zM6 16v2M18 16v2M3 12h18M7 14h1M16 14h1"],
};

export function showFlow({ powers, has, net }) {
  const grid = -net;
  const parts = [
    ["solar", powers.solar, has.solar, words.solarNote],
    ["house", powers.house, true, words.houseNote],
    ["battery", powers.battery, has.battery, storing(powers.battery)],
    ["car", powers.car, has.car, storing(powers.car)],
    ["grid", grid, true, grid > NOTHING ? words.imported : grid < -NOTHING ? words.exported : words.balanced],
  ].filter((part) => part[2]);
  list.replaceChildren(...parts.map(([name, watts, , note]) => element("div", { "data-part": name },
    element("dt", {}, words[name]), element("dd", {}, power(watts), element("small", {}, note)))));
  const text = words.flowText(parts.map(([name, watts, , note]) => `${words[name]} ${power(watts)} ${note}`));
  const svg = shape("svg", { viewBox: "0 0 360 320", role: "img", "aria-label": text });
  for (const [name, watts] of parts) {
    if (name !== "house") svg.append(wire(name, watts));
  }
  for (const [name, watts] of parts) svg.append(node(name, watts));
  place.replaceChildren(svg);
}

function storing(watts) {
  return watts < -NOTHING ? words.charging : watts > NOTHING ? words.discharging : words.idle;
}

/** Directed towards the house when producing, away from it when consuming. */
function wire(name, watts) {
  const [[x, y, colour], [houseX, houseY]] = [NODES[name], NODES.house];
  const ends = watts >= 0 ? [x, y, houseX, houseY] : [houseX, houseY, x, y];
  return shape("line", {
    class: `wire ${colour}${Math.abs(watts) > NOTHING ? " flows" : ""}`,
    x1: ends[0], y1: ends[1], x2: ends[2], y2: ends[3],
  });
}

function node(name, watts) {
  const [x, y, colour, picture] = NODES[name];
  return shape("g", { class: "node" },
    shape("circle", { class: colour, cx: x, cy: y, r: 40 }),
    shape("path", { class: colour, d: picture, transform: `translate(${x - 10.8} ${y - 32}) scale(0.9)` }),
    shape("text", { x, y: y + 10 }, power(watts)),
    shape("text", { class: "name", x, y: y + 25 }, words[name]));
}
