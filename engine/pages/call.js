// Why a call went as it did comes out of the journal, which takes its time: the page does not wait for it.
const story = document.getElementById("story");
const answer = await fetch(story.dataset.from).catch(() => null);
if (answer?.ok) {
  const told = new DOMParser().parseFromString(await answer.text(), "text/html");
  story.replaceChildren(...told.body.childNodes);
} else {
  story.textContent = story.dataset.failed;
}
