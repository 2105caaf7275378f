// A link with the token behind the # signs in by itself: what stands there never leaves the browser but in the form.
const form = document.getElementById("sign-in");
const token = decodeURIComponent(location.hash.slice(1));
if (token) {
  history.replaceState(null, "", location.pathname + location.search);
  form.elements.token.value = token;
  form.requestSubmit();
}
