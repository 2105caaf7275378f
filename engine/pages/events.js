// The engine's events of that kind (what stands behind the question mark). The browser comes back by itself after a break and says what
// it heard last; the page is told that it is back.
export function follow(handlers, state, which = "kinds=board", back = () => {}) {
  const source = new EventSource(`/api/v1/events?${which}`);
  const say = (how) => {
    state.dataset.state = how;
    state.textContent = state.dataset[how];
  };
  source.addEventListener("open", () => {
    say("live");
    back();
  });
  source.addEventListener("error", () => {
    say("lost");
    // A refusal ends it: the session is over, or the engine is not there yet.
    if (source.readyState === EventSource.CLOSED) again(handlers, state, which, back);
  });
  for (const [kind, handle] of Object.entries(handlers)) {
    source.addEventListener(kind, (event) => handle(JSON.parse(event.data)));
  }
}

async function again(handlers, state, which, back) {
  const answer = await fetch("/api/v1/board").catch(() => null);
  if (answer?.status === 401) return location.reload();
  setTimeout(() => follow(handlers, state, which, back), 1000);
}
