// Keeps the list of calls as the engine sees it: whenever a call is in another state this very page is asked for again, and its list
// takes the place of this one.
import { follow } from "./events.js";

const PAUSE_MS = 1_000;
// Whoever waits has waited longer meanwhile.
const EVERY_MS = 5_000;
const list = () => document.getElementById("list");
let due = null;

// Many calls at once are one look.
const soon = () => {
  due ??= setTimeout(look, PAUSE_MS);
};

async function look() {
  due = null;
  if (document.hidden) return;
  const answer = await fetch(location.href).catch(() => null);
  if (answer?.redirected) return location.reload();
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("list");
  if (!fresh || list().isEqualNode(fresh)) return;
  const focus = list().contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  list().replaceWith(fresh);
  if (focus) fresh.querySelector(`[href="${CSS.escape(focus)}"]`)?.focus();
}

setInterval(soon, EVERY_MS);
document.addEventListener("visibilitychange", soon);
follow({ call: soon }, document.getElementById("state"), "kinds=call", soon);
