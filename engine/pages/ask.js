// Asks the API for something, as the page that the browser is signed in to. What comes back says whether it was done, and if not why.
const csrf = document.querySelector("meta[name=csrf]")?.content;

export async function ask(method, path, body, headers = {}) {
  const answer = await fetch(path, {
    method,
    headers: { "content-type": "application/json", "x-csrf-token": csrf, ...headers },
    body: JSON.stringify(body),
  }).catch(() => null);
  if (answer?.status === 401) location.reload();
  const told = await answer?.json().catch(() => null);
  return { ok: Boolean(answer?.ok), silent: !answer || answer.status >= 500, why: told?.detail };
}
