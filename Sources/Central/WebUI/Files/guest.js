// The page at /guest: one room, for the guest who has its link.

import { element } from "./elements.js";
import { Chat } from "./guest-chat.js";
import { showChart } from "./guest-chart.js";
import { RoomView } from "./guest-room.js";
import { ownRoom, Refusal, token } from "./guest-service.js";
import { SetpointView } from "./guest-setpoint.js";
import { translatePage, words } from "./guest-words.js";

const main = document.querySelector("main");
const CHART_PERIOD = 5 * 60 * 1000;

translatePage();
addEventListener("hashchange", () => {
  if (location.hash.includes("token=")) {
    token();
    location.reload();
  }
});
if (token()) await begin();
else end(words.noLink);

async function begin() {
  let place;
  try {
    place = await ownRoom();
  } catch (error) {
    return end(error instanceof Refusal && [401, 403].includes(error.status) ? words.ended : words.failedAnswer);
  }
  const { hotel, room } = place;
  document.getElementById("room").textContent = room.name;
  document.getElementById("building").textContent = hotel.name;
  document.title = `${room.name} · ${hotel.name}`;
  const ended = () => end(words.ended);
  new Chat(ended).begin();
  const setpoint = new SetpointView(room.id, hotel.time_zone, ended);
  await setpoint.begin().catch(() => {});
  const view = new RoomView(
    hotel.time_zone, ended, (news) => setpoint.take(news), (isLive) => setpoint.connection(isLive));
  view.listen(room.id);
  const draw = () => showChart(room.id, hotel.time_zone).catch(() => {});
  await draw();
  setInterval(draw, CHART_PERIOD);
}

/** Shows that the page cannot be used any more. */
function end(text) {
  document.getElementById("state").textContent = "";
  main.replaceChildren(element("p", { role: "alert", class: "card" }, text));
}
