// Keeps the wallboard as the engine sees it: every figure on the page names its place in the picture (data-at) and its form (data-as).
import { follow } from "./events.js";
import { shown } from "./shown.js";

const bound = [...document.querySelectorAll("[data-at]")].map((element) => [element, element.dataset.at.split("."), element.dataset.as]);
const moods = [...document.querySelectorAll("[data-mood-at]")].map((element) => [element, element.dataset.moodAt.split(".")]);
const bands = [...document.querySelectorAll("[data-grow-at]")].map((element) => [element, element.dataset.growAt.split(".")]);
const rows = document.getElementById("rows");
const warnings = document.getElementById("warnings");
const notices = document.getElementById("notices");
const charts = document.getElementById("charts");
const CHARTS_EVERY_MS = 10_000;

const find = (picture, path) => path.reduce((part, name) => part?.[name], picture);

function show(picture) {
  if (picture.queues.length !== Number(rows.dataset.count)) return location.reload();
  for (const [element, path, form] of bound) write(element, worded(find(picture, path), form));
  for (const [element, path] of moods) element.dataset.mood = find(picture, path);
  for (const [element, path] of bands) element.style.flexGrow = find(picture, path);
  list(notices, picture.notices.map((notice) => ["", notice]));
  list(warnings, worst(picture.warnings));
}

const worded = (value, form) => (form === "mood" ? rows.dataset[value] : shown(value, form));

function worst(all) {
  const most = Number(warnings.dataset.most);
  const shown = all.slice(0, most).map((warning) => [warning.queue, warning.sentence]);
  return all.length > most ? [...shown, ["", `${warnings.dataset.more} ${all.length - most}`]] : shown;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// What stands there already is left alone, so that nothing is read out twice.
function list(element, items) {
  const text = JSON.stringify(items);
  if (element.dataset.shown === text) return;
  element.dataset.shown = text;
  element.replaceChildren(...items.map(([name, words]) => {
    const item = document.createElement("li");
    if (name) item.append(Object.assign(document.createElement("b"), { textContent: name }), " ");
    item.append(words);
    return item;
  }));
}

async function redraw() {
  if (document.hidden) return;
  const answer = await fetch(charts.dataset.from).catch(() => null);
  if (!answer?.ok) return;
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  charts.replaceChildren(...drawn.body.childNodes);
}

follow({ board: show }, document.getElementById("state"));
setInterval(redraw, CHARTS_EVERY_MS);
