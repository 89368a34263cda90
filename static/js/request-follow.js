// The page of a free request shows what the server says while it is open. The socket is a hint to look again; every time
// it opens we look. Only pieces that changed are replaced, and none in which somebody is at work.
import { Live, address } from "./live.js";
import { toast } from "./toast.js";

const SPREAD = 400;   // not all who read along ask in the same moment
const FOCUSABLE = "a, button, input, select, textarea, summary";
const LATER = 2000;   // after the server has closed the line
const GONE = "This request is not to be seen any more. Copy what you have written.";
const HEARD = ["thread_changed", "resync"];
const head = () => document.getElementById("asked-head"), said = document.getElementById("asked-said");
const seen = new Map();
let live = null, looking = null, anew = false;

function follow() {
  const path = head().dataset.socket;
  if (!path || (live && !live.over)) return;
  live = new Live(address(`${path}&format=html`));
  live.addEventListener("open", look);
  live.addEventListener("final", () => setTimeout(look, LATER));
  live.addEventListener("frame", ({ detail }) => { if (HEARD.includes(detail.type)) look(); });
}

function look() {
  anew = true;
  looking ??= reread().catch(() => {}).finally(() => { looking = null; });
}

async function reread() {
  while (anew) {
    await new Promise((done) => { setTimeout(done, Math.random() * SPREAD); });
    anew = false;
    const answer = await fetch(head().dataset.reread, { headers: { "HX-Request": "true" } });
    if (answer.ok) show(await answer.text());
    else if (answer.status === 404) toast(GONE);
  }
}

function show(html) {
  const parsed = document.createElement("template");
  parsed.innerHTML = html;
  const before = responses();
  for (const fresh of parsed.content.querySelectorAll("[data-piece]")) replace(document.getElementById(fresh.id), fresh);
  for (const fresh of parsed.content.querySelectorAll("[data-pieces]")) merge(document.getElementById(fresh.id), fresh);
  if (responses() > before) said.textContent = "A new response is here.";
  document.dispatchEvent(new CustomEvent("request:changed"));
  follow();
}

const responses = () => document.querySelectorAll("#answers > section").length;

// The children of a list have ids of their own: they come, change, go, and keep the server's order.
function merge(list, fresh) {
  let next = list.firstElementChild;
  for (const item of [...fresh.children]) {
    const old = list.querySelector(`:scope > #${CSS.escape(item.id)}`);
    const isNext = old !== null && old === next, now = old ? replace(old, item) : brought(item);
    if (isNext) next = now.nextElementSibling;
    else list.insertBefore(now, next);
    if (!old) ready(now);
  }
  while (next) { const gone = next; next = gone.nextElementSibling; if (!isAtWork(gone)) gone.remove(); }
  list.hidden = !list.children.length;
}

function replace(old, fresh) {
  if (seen.get(fresh.id) === words(fresh) || isAtWork(old)) return old;
  const at = [...old.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement), node = brought(fresh);
  old.replaceWith(node);
  ready(node);
  if (at >= 0) node.querySelectorAll(FOCUSABLE)[at]?.focus();
  return node;
}

function brought(fresh) {
  seen.set(fresh.id, words(fresh));
  return document.importNode(fresh, true);
}

function ready(node) {
  window.htmx?.process(node);
  node.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: node } }));
}

// Something is written, chosen or refused in it, or a mark is being set.
function isAtWork(piece) {
  const typed = [...piece.querySelectorAll("textarea, input:not([type]), input[type=text]")].some((field) => field.value.trim());
  return typed || piece.querySelector("[aria-invalid], [role=alert], .pl-pinner, [data-own-mark][open], [data-shots-list] > li, [data-marks-list] > li") !== null;
}

// The piece as the server wrote it, without what is another with each answer.
function words(piece) {
  return piece.outerHTML.replace(/ value="\w{64}"/g, "").replace(/<time[^>]*?(datetime="[^"]*")[^>]*>[^<]*/g, "$1");
}

for (const piece of document.querySelectorAll("[data-piece], [data-pieces] > *")) seen.set(piece.id, words(piece));
follow();
