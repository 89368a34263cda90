// What concerns the signed-in person on any page: the bell, the points. Frames bring the fragment that is to be shown.
import { Live, address, swap } from "./live.js";

export const person = document.body.dataset.user ? new Live(address("/api/me/connect?format=html")) : null;

person?.addEventListener("open", () => document.dispatchEvent(new CustomEvent("peerloop:open")));
person?.addEventListener("frame", ({ detail }) => {
  if (detail.html) swap(detail.html);
  document.dispatchEvent(new CustomEvent("peerloop:frame", { detail }));
});
