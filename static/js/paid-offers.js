// The helper's dashboard: paid requests come and go without a reload. The list is the server's.

const HEARD = ["request_open", "request_taken", "resync"];
const section = document.getElementById("paid-offers");
let asking = null, anew = false;

function refresh() {
  anew = true;
  asking ??= fetchOffers().catch(() => {}).finally(() => { asking = null; });
}

async function fetchOffers() {
  while (anew) {
    anew = false;
    const answer = await fetch(section.dataset.offers, { headers: { "HX-Request": "true" } });
    if (answer.ok) merge(await answer.text());
  }
}

function merge(html) {
  const parsed = document.createElement("template");
  parsed.innerHTML = html;
  const list = document.getElementById("paid-list"), fresh = [...parsed.content.querySelectorAll("[data-paid-offer]")];
  for (const old of list.querySelectorAll("[data-paid-offer]")) {
    if (!parsed.content.getElementById(old.id)) leave(old);
  }
  for (const offer of fresh) if (!document.getElementById(offer.id)) add(list, document.importNode(offer, true));
  document.getElementById("no-paid-offers").hidden = fresh.length > 0;
  document.getElementById("paid-work").replaceChildren(...parsed.content.getElementById("paid-work").childNodes);
}

// Who was just refused reads why before it goes.
function leave(offer) {
  if (!offer.querySelector("[data-answer]").textContent.trim()) { offer.remove(); return; }
  offer.querySelector("form")?.remove();
}

function add(list, offer) {
  list.append(offer);
  window.htmx?.process(offer);
}

document.addEventListener("peerloop:frame", ({ detail }) => { if (HEARD.includes(detail.type)) refresh(); });
document.addEventListener("peerloop:open", refresh);
