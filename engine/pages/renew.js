// Puts what the engine shows by now in the place of what stands here; never under somebody's hands.
export async function renew(address, ids) {
  if (document.hidden) return;
  const answer = await fetch(address).catch(() => null);
  if (answer?.redirected) return location.reload();
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ids) replace(document.getElementById(id), page.getElementById(id));
}

function replace(old, fresh) {
  if (!fresh || old.isEqualNode(fresh) || isInUse(old)) return;
  const focus = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  old.replaceChildren(...fresh.childNodes);
  if (focus) old.querySelector(`[href="${CSS.escape(focus)}"]`)?.focus();
}

// A link finds itself again; what is typed, or just about to be, would be lost.
function isInUse(part) {
  const typed = (field) => field.value !== field.defaultValue;
  return Boolean(part.querySelector(":focus:not(a)")) || [...part.querySelectorAll("input, textarea")].some(typed);
}
