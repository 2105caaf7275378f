// Keeps an agent's desk as the engine sees it. Only what is shown is ever replaced; what is typed belongs to the agent (see record.js).
import { ask } from "./ask.js";
import { follow } from "./events.js";
import { record } from "./record.js";
import { shown } from "./shown.js";

const LOOK_EVERY_MS = 5_000;
const agent = document.getElementById("desk").dataset.agent;
const name = encodeURIComponent(agent);
const announce = document.getElementById("announce");
const now = document.getElementById("now");
const form = document.getElementById("record");
const title = document.title;
const part = (named, where = document) => where.querySelector(`[data-part="${named}"]`);
// The engine's clock, less this one's.
let ahead_ms = Date.parse(part("now").dataset.at) - Date.now();
let looking = false;
let again = false;

// One look at a time; whatever happens meanwhile is one more.
async function look() {
  again = looking;
  if (looking) return;
  looking = true;
  try {
    const answer = await fetch(`/agent/parts?name=${name}`);
    // Whoever is not signed in any more is led elsewhere.
    if (answer.redirected) location.reload();
    else if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    // The engine is away: the stream of events says so, and when it is back.
  }
  looking = false;
  if (again) look();
}

function show(news) {
  ahead_ms = Date.parse(part("now", news).dataset.at) - Date.now();
  for (const fresh of news.querySelectorAll("[data-part]")) {
    const stale = part(fresh.dataset.part);
    if (stale.isEqualNode(fresh)) continue;
    const focus = stale.contains(document.activeElement);
    stale.replaceWith(fresh);
    if (focus) fresh.querySelector("a")?.focus();
  }
  settle();
}

// What follows from what is shown.
function settle() {
  const { state, reason, call } = part("now").dataset;
  for (const button of asks.querySelectorAll("button")) {
    const is = button.value === state && (state !== "paused" || button.dataset.reason === reason);
    button.setAttribute("aria-pressed", String(is));
  }
  // Whoever is off duty first has to be on duty.
  asks.querySelector("fieldset").disabled = state === "signed_out";
  const rings = state === "ringing";
  const who = document.querySelector("[data-announce]");
  document.title = rings && who ? `☎ ${who.textContent} · ${title}` : title;
  if (announce.dataset.call !== `${state} ${call}`) {
    announce.dataset.call = `${state} ${call}`;
    announce.textContent = rings && who ? who.dataset.announce : "";
    now.textContent = rings ? "" : part("now").querySelector(".big").textContent;
    // On a telephone the card may be out of sight; whoever is writing is left alone.
    if (rings && !form.contains(document.activeElement)) scrollTo({ top: 0 });
  }
  record.about(part("subject").dataset);
  tick();
}

function tick() {
  const { since, until } = part("now").dataset;
  const at = Date.now() + ahead_ms;
  const ms = until ? Date.parse(until) - at : at - Date.parse(since);
  document.getElementById("timer").textContent = shown(Math.max(0, Math.floor(ms / 1000)), "clock");
}

const asks = document.getElementById("ask");
const refused = document.getElementById("refused");
const reason = document.getElementById("reason");

async function be(state, why) {
  const asked = state === "paused" && why ? { state, reason: why } : { state };
  const done = await ask("PUT", `/api/v1/agents/${name}/state`, asked);
  refused.hidden = done.ok;
  refused.textContent = done.ok ? "" : (done.why ?? document.getElementById("state").dataset.lost);
  look();
}

asks.addEventListener("submit", (event) => {
  event.preventDefault();
  // Enter in the field is the button beside it.
  const pressed = document.activeElement === reason ? reason.nextElementSibling : event.submitter;
  const why = pressed.dataset.reason ?? reason.value.trim();
  be(pressed.value, why);
  if (pressed === reason.nextElementSibling) reason.value = "";
});

record.saved = (then) => (then ? be(then) : look());
settle();
setInterval(tick, 1_000);
setInterval(() => document.hidden || look(), LOOK_EVERY_MS);
follow({ agent: look }, document.getElementById("state"), `agent=${name}`, look);
