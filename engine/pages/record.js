// What an agent writes of a call. It stays in the browser, call by call, until the engine has it: no new picture, new call, reload or
// restart of the engine takes it away.
import { ask } from "./ask.js";

const KEY = "cabrank.drafts";
const form = document.getElementById("record");
const fields = [...form.elements].filter((field) => field.name && field.type !== "submit");
const told = document.getElementById("told");
const unsaved = document.getElementById("unsaved");
const heading = document.getElementById("subject");

let drafts = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
// The call that the page is about, and the one that the form is: an unfinished one may be taken up again.
let subject = {};
let open = {};

export const record = { about, saved: () => {} };

function about(of) {
  // A call that has just ended may be on its way into the records.
  if (!of.call) return;
  const before = subject;
  subject = { ...of };
  const is_new = before.call !== subject.call;
  const is_open = open.call === subject.call;
  if (is_new || (is_open && open.record !== subject.record)) take(is_new || is_open ? subject : open, is_new);
}

// Opens the form for a call: with what was typed, else with what is written already.
function take(call, is_new) {
  open = { ...call };
  form.hidden = !open.call;
  document.getElementById("nothing").hidden = Boolean(open.call);
  heading.textContent = open.call ? `${open.who} · ${open.when}` : "";
  const draft = drafts[open.call];
  const values = draft?.values ?? written();
  for (const field of fields) {
    const value = values[field.name] ?? (field.name === "kind" ? "complaint" : "");
    // Whoever is typing keeps the place.
    if (field.value !== value) field.value = value;
  }
  unfold(true);
  if (is_new) told.textContent = "";
  if (draft) told.textContent = form.dataset.draft;
  list();
}

// What has something in it is unfolded; what has not is folded only when it is done with.
function unfold(keep) {
  for (const more of form.querySelectorAll("details")) {
    more.open = (keep && more.open) || [...more.querySelectorAll("input, textarea")].some((field) => field.value);
  }
}

// What is on the record, as the fields have it.
function written() {
  const { due, ...rest } = JSON.parse(open.record || "{}");
  return { ...rest, due: due ? local(new Date(due)) : "" };
}

const local = (at) => new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
const moment = (value) => new Date(value).toISOString();
const line = (value) => value.replace(/\s+/g, " ").trim();
const values = () => Object.fromEntries(fields.map((field) => [field.name, field.value]));

function keep() {
  const draft = drafts[open.call];
  drafts[open.call] = { ...open, values: values(), key: draft?.key ?? key() };
  told.textContent = form.dataset.draft;
  store();
}

// A case is opened once, however often the same draft is sent.
const key = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function store() {
  sessionStorage.setItem(KEY, JSON.stringify(drafts));
  list();
}

function list() {
  const others = Object.values(drafts).filter((draft) => draft.call !== open.call);
  const back = open.call !== subject.call && subject.call && !drafts[subject.call] ? [subject] : [];
  unsaved.hidden = !others.length && !back.length;
  unsaved.querySelector("ul").replaceChildren(...[...others, ...back].map((draft) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: `${draft.who} · ${draft.when}` });
    button.addEventListener("click", () => take(draft, true));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }));
}

// What is to be said of the record: what is other than what is written there.
function words(said, was) {
  const asked = {};
  for (const name of ["disposition", "resolution"]) {
    const word = line(said[name] ?? "");
    if (word && word !== was[name]) asked[name] = word;
  }
  const owner = line(said.owner);
  if (owner !== (was.owner ?? "")) asked.owner = owner || null;
  if (said.level) asked.escalate = { level: Number(said.level), why: line(said.why) };
  const what = line(said.what);
  if (what && (what !== was.what || said.due !== was.due)) asked.follow_up = { due: moment(said.due), what };
  if (!what && was.what) asked.follow_up = null;
  return asked;
}

function fault(said) {
  if (Boolean(line(said.what)) !== Boolean(said.due)) return form.dataset.halfFollowUp;
  if (Boolean(said.level) !== Boolean(line(said.why))) return form.dataset.halfEscalation;
  return null;
}

async function save(then) {
  const { call } = open;
  const said = values();
  const wrong = fault(said) ?? (await send(call, said));
  if (wrong) return (told.textContent = `${form.dataset.failed} ${wrong}`);
  // What was typed while it was sent is one more draft.
  if (open.call === call && JSON.stringify(values()) === JSON.stringify(said)) {
    for (const name of ["said", "case_due", "level", "why"]) form.elements[name].value = "";
    delete drafts[call];
    open.record = JSON.stringify({ ...said, due: said.due ? moment(said.due) : null });
    if (call === subject.call) unfold(false);
    else take(subject, true);
    told.textContent = line(said.said) ? form.dataset.savedCase : form.dataset.saved;
  }
  store();
  record.saved(then);
}

// Nothing when it is done, else why not.
async function send(call, said) {
  const asked = words(said, written());
  if (Object.keys(asked).length) {
    const done = await ask("PATCH", `/api/v1/records/${call}`, asked);
    if (!done.ok) return done.silent ? form.dataset.silent : done.why;
  }
  if (!line(said.said)) return null;
  const due = said.case_due ? { due: moment(said.case_due) } : {};
  const headers = { "idempotency-key": drafts[call]?.key ?? key() };
  const done = await ask("POST", "/api/v1/cases", { kind: said.kind, said: line(said.said), calls: [call], ...due }, headers);
  return done.ok ? null : done.silent ? form.dataset.silent : done.why;
}

form.addEventListener("input", keep);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  save(event.submitter?.value);
});
// Whoever signs out leaves nothing for the next one at this screen.
document.querySelector('form[action="/sign-out"]').addEventListener("submit", () => sessionStorage.removeItem(KEY));
