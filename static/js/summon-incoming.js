// The helper's dashboard: summons come and go without a reload. The list is the server's; who reads along hears only of
// what is new in it.
import "./summon-clock.js";

const section = document.getElementById("incoming");
let asking = null, anew = false;

function refresh() {
  anew = true;
  asking ??= fetchOffers().catch(() => {}).finally(() => { asking = null; });
}

async function fetchOffers() {
  while (anew) {
    anew = false;
    const answer = await fetch(section.dataset.incoming, { headers: { "HX-Request": "true" } });
    if (answer.ok) merge(await answer.text());
  }
}

function merge(html) {
  const parsed = document.createElement("template");
  parsed.innerHTML = html;
  const list = document.getElementById("offers"), fresh = [...parsed.content.querySelectorAll("[data-offer]")];
  for (const old of list.querySelectorAll("[data-offer]")) {
    // One that was just refused stays until its reason has been read: it goes with the next change.
    if (!parsed.content.getElementById(old.id)) old.remove();
  }
  for (const offer of fresh) if (!document.getElementById(offer.id)) add(list, document.importNode(offer, true));
  document.getElementById("no-offers").hidden = fresh.length > 0;
}

function add(list, offer) {
  list.append(offer);
  window.htmx?.process(offer);
}

document.addEventListener("peerloop:frame", ({ detail }) => { if (["summon", "summon_closed", "resync"].includes(detail.type)) refresh(); });
document.addEventListener("peerloop:open", refresh);
document.addEventListener("summon:dismissed", () => { refresh(); document.getElementById("incoming-title").focus(); });
// Time runs out without anybody telling.
setInterval(() => { if (document.querySelector("#offers [data-offer]")) refresh(); }, 10000);
