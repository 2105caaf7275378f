// Foresees what is typed, a moment after it was typed; only the newest question counts. The server writes the answer. What came of
// changes made before is looked at again and again.
import { renew } from "./renew.js";

const form = document.getElementById("thresholds");
const place = document.getElementById("foreseen");
const SOON_MS = 600;
const EVERY_MS = 10_000;
const BUSY = 503;
const TRIES = 8;
let asked = null;
let timer = null;

async function foresee(tries = TRIES) {
  clearTimeout(timer);
  asked?.abort();
  const mine = (asked = new AbortController());
  wait(true);
  const answer = await fetch("/tune/foresight", { method: "POST", body: new URLSearchParams(new FormData(form)), signal: mine.signal }).catch(() => null);
  if (mine.signal.aborted) return;
  if (answer?.status === BUSY && tries > 1) return (timer = setTimeout(foresee, 1000, tries - 1));
  if (answer?.status === 401 || answer?.redirected) return location.reload();
  const told = answer && (await answer.text().catch(() => null));
  if (mine.signal.aborted) return;
  wait(false);
  if (!told) return (place.textContent = place.dataset.failed);
  place.replaceChildren(...new DOMParser().parseFromString(told, "text/html").body.childNodes);
}

function wait(busy) {
  place.setAttribute("aria-busy", String(busy));
  if (busy && !place.querySelector("table")) place.textContent = place.dataset.busy;
}

function mark() {
  for (const field of form.querySelectorAll(".field")) {
    const [was, is] = [field.querySelector("[name^='was.']"), field.querySelector("[name^='set.']")];
    field.classList.toggle("changed", was.value !== is.value.trim());
  }
}

form.addEventListener("input", (event) => {
  if (!event.target.name.startsWith("set.")) return;
  mark();
  clearTimeout(timer);
  timer = setTimeout(foresee, SOON_MS);
});
form.addEventListener("submit", (event) => {
  if (event.submitter?.value !== "foresee") return;
  event.preventDefault();
  foresee();
});
// Enter in a field foresees; what is applied is applied by its own button.
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.name?.startsWith("set.")) return;
  event.preventDefault();
  foresee();
});
// What was typed before this script was there, or stands there again after going back, counts as well.
mark();
if (form.querySelector(".field.changed") && !place.querySelector("table")) foresee();
const history = `/tune/history?queue=${encodeURIComponent(form.elements.queue.value)}`;
setInterval(renew, EVERY_MS, history, ["outside", "past"]);
