// Keeps a list of calls or agents as the engine sees it: whenever a call is in another state this very page is asked for again, and its
// list takes the place of this one.
import { follow } from "./events.js";
import { renew } from "./renew.js";

const PAUSE_MS = 1_000;
// Whoever waits has waited longer meanwhile, and agents do other things than talk.
const EVERY_MS = 5_000;
let due = null;

// Many calls at once are one look.
const soon = () => {
  due ??= setTimeout(look, PAUSE_MS);
};

function look() {
  due = null;
  renew(location.href, ["list"]);
}

setInterval(soon, EVERY_MS);
document.addEventListener("visibilitychange", soon);
follow({ call: soon }, document.getElementById("state"), "kinds=call", soon);
