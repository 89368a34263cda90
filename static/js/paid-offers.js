// The helper's dashboard: paid requests, and the session that goes on.
import { follow } from "./offers.js";

follow({
  address: document.getElementById("paid-offers").dataset.offers,
  list: document.getElementById("paid-list"),
  item: "[data-paid-offer]",
  none: document.getElementById("no-paid-offers"),
  names: ["request_open", "request_taken", "resync"],
  leave,
  merged: (content) => document.getElementById("paid-work").replaceChildren(...content.getElementById("paid-work").childNodes),
});

// Who was just refused reads why before it goes.
function leave(offer) {
  if (!offer.querySelector("[data-answer]").textContent.trim()) { offer.remove(); return; }
  offer.querySelector("form")?.remove();
}
