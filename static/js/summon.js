// Summon Help: the panel and the pill show what the server says. The socket is a hint to look again; every time it opens
// we look, and while it cannot open we look every few seconds. Closing the dialog ends nothing: the pill stays.
import "./ahead.js";
import { Live, address, swap } from "./live.js";
import { toast } from "./toast.js";
import "./summon-clock.js";
import { catchUp, listen, settle, showSeen, showTyping } from "./summon-talk.js";

const PATIENCE = 5000, LOOK = 10000;
const panel = () => document.getElementById("summon");
const pill = () => document.getElementById("summon-pill");
const shown = () => panel() ?? (pill()?.dataset.summons ? pill() : null);

// -- the socket: of the summons that is shown, or of the course while somebody thinks about calling -------------------------

let live = null, followed = "", missing = 0;

function follow() {
  const path = pathOf(shown()?.dataset ?? {});
  if (shown()?.dataset.state === "connected") loadCall();
  if (path === followed) return;
  followed = path;
  leave();
  if (!path) return;
  live = new Live(address(path));
  live.addEventListener("open", () => { clearTimeout(missing); removeNote(); look(); catchUp(); });
  live.addEventListener("lost", () => { clearTimeout(missing); missing = setTimeout(sayUnable, PATIENCE); });
  live.addEventListener("final", look);
  live.addEventListener("frame", ({ detail }) => HEARD[detail.type]?.(detail));
  listen(live);
}

function pathOf({ state, summons, course }) {
  if (state === "waiting" || state === "connected") return `/api/help/connect?request_id=${summons}&format=html`;
  return course ? `/api/help/available?course_id=${course}&format=html` : "";
}

// The scripts of the call come with the first session; by then the socket may be another.
function loadCall() { import("./call.js").then(({ attend }) => { if (live && shown()?.dataset.state === "connected") attend(live); }); }

function leave() {
  clearTimeout(missing);
  if (!live) return;
  live.over = true;
  live.socket?.close(1000);
  live = null;
}

const HEARD = {
  helpers_available: look, matched: look, timeout: look, cancelled: look, session_ended: look,
  helper_disconnected: look, helper_returned: look,
  resync: lookAndCatchUp, pong: missed,
  message: catchUp, message_updated: catchUp, seen: ({ number }) => showSeen(number), typing: showTyping, helper_typing: showTyping,
  error: ({ message }) => toast(message),
};

function lookAndCatchUp() { look(); catchUp(); }

// Who told us may have been killed before it did: the answer to our own sign of life says where things stand.
const STATE = { pending: "waiting", accepted: "connected" };
function missed({ status, version, count }) {
  if (count !== undefined || STATE[status] !== shown()?.dataset.state) look();
  if (version > Number(document.getElementById("summon-log")?.dataset.version)) catchUp();
}

setInterval(() => { if (live && !live.open && !document.hidden) look(); catchUp(); }, LOOK);

// -- looking again -------------------------------------------------------------------------------------------------------

let looking = null, anew = false;
function look() {
  anew = true;
  looking ??= fetchState().catch(() => {}).finally(() => { looking = null; });
}

async function fetchState() {
  while (anew && shown() && !asking.size) {
    anew = false;
    const from = shown();
    const answer = await fetch(from.dataset.reread, { headers: { "HX-Request": "true", "HX-Target": "summon" } });
    const html = await answer.text();
    if (asking.size) anew = true;
    else if (answer.ok && shown() === from) show(from, html);
  }
}

// While a form of the panel is on its way, its answer is what will be shown; we look after it.
const asking = new Set();
const isOurs = (elt) => elt.closest("#summon, #summon-place, #summon-pill");
document.addEventListener("htmx:beforeRequest", ({ detail }) => { if (isOurs(detail.elt)) asking.add(detail.xhr); });
document.addEventListener("htmx:afterRequest", ({ detail }) => { if (asking.delete(detail.xhr) && anew) look(); });

function show(old, html) {
  const parsed = document.createElement("template");
  parsed.innerHTML = html;
  const fresh = parsed.content.querySelector("#summon");
  if (!fresh) return;
  const isSame = fresh.dataset.state === old.dataset.state;
  // In the same state only what is told of others changes; what somebody is writing stays as it is.
  const kept = isSame ? ["summon-helpers", "summon-gone", "summon-pill"] : ["summon", "summon-pill"];
  const opens = !isSame && old === pill();
  for (const id of kept) {
    const piece = parsed.content.querySelector(`#${id}`), here = document.getElementById(id);
    if (piece && here && here.innerHTML.trim() !== piece.innerHTML.trim() && !(id === "summon-pill" && isSame)) swap(piece.outerHTML);
  }
  if (opens) window.htmx.ajax("GET", old.dataset.reread, { target: "#summon-place", swap: "innerHTML" });
  else if (!isSame) document.getElementById("summon-title")?.focus();
  follow();
}

// -- what cannot be reached ----------------------------------------------------------------------------------------------

let failed = null;

function sayUnable() {
  const box = panel();
  const body = box?.querySelector(".pl-summon__body");
  if (!body || box.querySelector("[data-unable-note]")) return;
  const note = box.querySelector("template[data-unable]").content.firstElementChild.cloneNode(true);
  note.dataset.unableNote = "";
  body.prepend(note);
}

function removeNote() { document.querySelector("[data-unable-note]")?.remove(); }

function noteFailure(event) {
  const { elt, xhr } = event.detail;
  if (!panel()?.contains(elt) || (xhr?.status && xhr.status < 500)) return;
  failed = elt;
  sayUnable();
}
document.addEventListener("htmx:sendError", noteFailure);
document.addEventListener("htmx:responseError", noteFailure);

// -- the dialog ----------------------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-try-again]")) tryAgain();
  // In the dialog "Cancel" and "Close" close it; without it they lead back to the course.
  if (event.target.closest("dialog [data-dialog-close]")) event.preventDefault();
  const ask = event.target.closest("a[data-ask]");
  if (ask) carryOver(ask);
});

function tryAgain() {
  removeNote();
  const form = failed?.isConnected ? failed : null;
  failed = null;
  live?.retry();
  if (form?.requestSubmit) form.requestSubmit();
  else look();
}

// The question goes along into the composer of the chat, where drafts are kept.
function carryOver({ dataset }) {
  try { localStorage.setItem(`draft:${document.body.dataset.user}:${dataset.askIn}`, dataset.ask); } catch { /* private mode */ }
}

document.addEventListener("close", (event) => {
  if (event.target.id === "summon-dialog") setTimeout(() => { follow(); returnFocus(); });
}, true);

// What opened the dialog may have been drawn anew in the meantime.
function returnFocus() {
  if (document.activeElement === document.body) (pill()?.querySelector("a") ?? document.getElementById("summon-help"))?.focus();
}

document.addEventListener("summon:close", (event) => {
  const dialog = document.getElementById("summon-dialog");
  if (dialog) dialog.close();
  else location.assign(event.detail.back);
});

document.addEventListener("summon:said", catchUp);

document.addEventListener("htmx:load", (event) => {
  if (event.target.closest?.("#summon, #summon-pill, #summon-dialog") || event.target.querySelector?.("#summon")) { follow(); settle(); }
  if (event.target === document.body && location.hash === "#summon-help") openHere();
});

// From the chat the page comes with its dialog open; once only, not again on reload.
function openHere() {
  history.replaceState(null, "", location.pathname + location.search);
  document.getElementById("summon-help")?.click();
}

follow();
settle();
