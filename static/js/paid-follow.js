// The pages of a paid request and its session: they show what the server says. The socket is a hint to look again; every
// time it opens we look, and while it cannot open we look every few seconds.
import { Live, address, swap } from "./live.js";
import "./summon-clock.js";

const LOOK = 10000;
const HEARD = ["request_updated", "session_updated", "resync", "pong"];
const shown = () => document.getElementById("paid");
let live = null, followed = "", looking = null, anew = false;

// For what else on the page hears the same line: called with it, and with each that takes its place.
const others = [];
export function attach(other) {
  others.push(other);
  if (live) other(live);
}

function follow() {
  const path = shown().dataset.socket ?? "";
  if (path === followed) return;
  followed = path;
  if (live) { live.over = true; live.socket?.close(1000); live = null; }
  if (!path) return;
  live = new Live(address(`${path}&format=html`));
  for (const name of ["open", "final"]) live.addEventListener(name, look);
  live.addEventListener("frame", ({ detail }) => { if (HEARD.includes(detail.type)) look(); });
  for (const other of others) other(live);
}

function look() {
  anew = true;
  looking ??= reread().catch(() => {}).finally(() => { looking = null; });
}

async function reread() {
  while (anew) {
    anew = false;
    const answer = await fetch(shown().dataset.reread, { headers: { "HX-Request": "true" } });
    const elsewhere = answer.headers.get("HX-Redirect");
    if (elsewhere) return location.assign(elsewhere);
    if (answer.ok) show(await answer.text());
  }
}

function show(html) {
  const parsed = document.createElement("template");
  parsed.innerHTML = html;
  const fresh = parsed.content.getElementById("paid"), old = shown();
  if (!fresh || fresh.dataset.stamp === old.dataset.stamp) return;
  const hadFocus = old.contains(document.activeElement);
  swap(fresh.outerHTML);
  if (hadFocus) document.getElementById("paid-title").focus();
  follow();
  document.dispatchEvent(new Event("paid:shown"));
}

setInterval(() => { if (followed && !live?.open && !document.hidden) look(); }, LOOK);
follow();
