// The bell and the points ask for themselves whenever the line opens: what was told between the page and its socket, or
// while the page was away, is in the answer.
import { swap } from "./live.js";

async function refresh() {
  const bell = document.querySelector("[data-bell]");
  const answer = bell && await fetch(bell.dataset.bell, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.ok && !answer.redirected) swap(await answer.text());
}

// "Mark all read" goes with what was unread; the keyboard stays by the bell.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target.id === "bell-form") document.querySelector("[data-bell]").focus();
});
document.addEventListener("peerloop:open", refresh);
document.addEventListener("peerloop:frame", ({ detail }) => { if (detail.type === "resync") refresh(); });
