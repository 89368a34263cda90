// A list of offers on the helper's dashboard: they come and go without a reload, and the list is the server's.

// `names` are the types of the frames after which the server is asked again. `item` finds the offers in `list`; `none` is
// shown while there are none. `leave(offer)` takes one off that is over, `merged(content)` sees all the server said.
export function follow({ address, list, item, none, names, leave = (offer) => offer.remove(), merged = () => {} }) {
  let asking = null, anew = false;

  function refresh() {
    anew = true;
    asking ??= fetchOffers().catch(() => {}).finally(() => { asking = null; });
  }

  async function fetchOffers() {
    while (anew) {
      anew = false;
      const answer = await fetch(address, { headers: { "HX-Request": "true" } });
      if (answer.ok) merge(await answer.text());
    }
  }

  function merge(html) {
    const parsed = document.createElement("template");
    parsed.innerHTML = html;
    const fresh = [...parsed.content.querySelectorAll(item)];
    for (const old of list.querySelectorAll(item)) if (!parsed.content.getElementById(old.id)) leave(old);
    for (const offer of fresh) if (!document.getElementById(offer.id)) add(document.importNode(offer, true));
    none.hidden = fresh.length > 0;
    merged(parsed.content);
  }

  function add(offer) {
    list.append(offer);
    window.htmx?.process(offer);
  }

  document.addEventListener("peerloop:frame", ({ detail }) => { if (names.includes(detail.type)) refresh(); });
  document.addEventListener("peerloop:open", refresh);
  return refresh;
}
