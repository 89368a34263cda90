// What concerns the signed-in person on any page: the bell, the points. Frames bring the fragment that is to be shown.
import { Live, address, swap } from "./live.js";

if (document.body.dataset.user) {
  const live = new Live(address("/api/me/connect?format=html"));
  live.addEventListener("open", () => document.dispatchEvent(new CustomEvent("peerloop:open")));
  live.addEventListener("frame", ({ detail }) => {
    if (detail.html) swap(detail.html);
    document.dispatchEvent(new CustomEvent("peerloop:frame", { detail }));
  });
}
