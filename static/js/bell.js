// The bell and the points ask for themselves whenever the line opens: what was told between the page and its socket, or
// while the page was away, is in the answer. Who wants it hears a sound when something new arrives.
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
document.addEventListener("peerloop:frame", ({ detail }) => {
  if (detail.type === "resync") refresh();
  if (detail.type === "notification") chime();
});

// Of several windows one sounds: the first to have the lock, which it keeps until the sound is over. Browsers refuse
// to play before somebody has touched the page; then the badge alone has to do.
async function chime() {
  const { sound } = document.querySelector("[data-bell]").dataset;
  if (!sound) return;
  const play = () => new Promise((over) => {
    const audio = new Audio(sound);
    audio.onended = audio.onerror = over;
    audio.play().catch(over);
  });
  if (navigator.locks) await navigator.locks.request("peerloop-sound", { ifAvailable: true }, (lock) => lock && play());
  else await play();
}
