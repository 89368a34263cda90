// The stream of messages: puts each where its number says, replaces what changed, keeps the reader where the reader is.
import { paint } from "./paint.js";
import { day, writeAll } from "../times.js";

const room = document.querySelector("[data-room]");
export const stream = document.getElementById("stream");
const jump = document.getElementById("jump");
const NEAR = 120;

const find = (kind, id) => stream.querySelector(`[data-${kind}="${CSS.escape(id)}"]`);
export const messageOf = (id) => find("message", id);
export const isLive = () => room.dataset.live === "yes";
export const atEnd = () => stream.scrollHeight - stream.scrollTop - stream.clientHeight < NEAR;
export const toEnd = () => { stream.scrollTop = stream.scrollHeight; jump.hidden = true; };

// A frame of a post, an edit or a tombstone. Returns whether something new came in.
export function apply(frame) {
  const wasAtEnd = atEnd();
  const fresh = parse(frame.html);
  const isNew = frame.reply_to_id ? putAnswer(frame, fresh) : putEntry(frame, fresh);
  if (isNew) {
    document.getElementById("quiet").hidden = true;
    if (wasAtEnd || fresh.dataset.author === document.body.dataset.user) toEnd();
    else jump.hidden = false;
  }
  return isNew;
}

function parse(html) {
  const parsed = document.createElement("template");
  parsed.innerHTML = html;
  return document.importNode(parsed.content.firstElementChild, true);
}

function putAnswer(frame, fresh) {
  const old = messageOf(frame.id);
  if (old) return replace(old, fresh);
  const answers = find("entry", frame.reply_to_id)?.querySelector("[data-answers]");
  if (!answers) return false;   // its question stands further up than was loaded
  insertByNumber(answers, fresh, ".pl-msg");
  return arrive(fresh);
}

function putEntry(frame, fresh) {
  const old = find("entry", frame.id);
  if (!old) {
    if (!isLive()) { jump.hidden = false; return false; }
    insertByNumber(stream, fresh, "[data-entry]");
    separate(fresh);
    return arrive(fresh);
  }
  // The entry stays, with its answers; only what the server drew anew changes, so nothing is read out twice.
  old.className = fresh.className;
  old.dataset.state = fresh.dataset.state;
  old.role = fresh.role;
  old.ariaLabel = fresh.ariaLabel;
  replace(old.querySelector(":scope > .pl-msg"), fresh.querySelector(":scope > .pl-msg"));
  const end = fresh.querySelector(":scope > .pl-thread__end");
  old.querySelector(":scope > .pl-thread__end")?.remove();
  if (end) { old.append(end); settle(end); }
  return false;
}

function replace(old, fresh) {
  const hadFocus = old.contains(document.activeElement);
  old.replaceWith(fresh);
  settle(fresh);
  if (hadFocus) fresh.querySelector("button:not([hidden])")?.focus();
  return false;
}

function insertByNumber(parent, fresh, selector) {
  const number = Number(fresh.dataset.number);
  const siblings = [...parent.querySelectorAll(`:scope > ${selector}`)];
  const before = siblings.findLast((each) => Number(each.dataset.number) < number);
  if (before) before.after(fresh);
  else if (siblings[0]) siblings[0].before(fresh);
  else parent.prepend(fresh);
}

function arrive(fresh) {
  settle(fresh);
  fresh.classList.add("htmx-added");
  requestAnimationFrame(() => requestAnimationFrame(() => fresh.classList.remove("htmx-added")));
  return true;
}

function settle(node) {
  paint(node);
  writeAll(node);
  window.htmx?.process(node);
}

const dateOf = (entry) => day(Date.parse(entry.querySelector("time").dateTime));

// "Today", "Yesterday", 12 March: above the first entry of each day, in the reader's zone.
function separate(entry) {
  let before = entry.previousElementSibling;
  while (before && !before.matches("[data-entry]")) before = before.previousElementSibling;
  if (before && dateOf(before) === dateOf(entry)) return;
  const heading = document.createElement("div");
  heading.className = "pl-day";
  heading.textContent = dateOf(entry);
  entry.before(heading);
}

function separateAll() {
  for (const heading of stream.querySelectorAll(".pl-day:not(.pl-day--new)")) heading.remove();
  for (const entry of stream.querySelectorAll("[data-entry]")) separate(entry);
}

function markUnread() {
  const read = Number(room.dataset.read), mine = document.body.dataset.user;
  const first = [...stream.querySelectorAll("[data-message]")].find((each) => Number(each.dataset.number) > read && each.dataset.author !== mine);
  if (!first || stream.querySelector(".pl-day--new")) return;
  const line = document.createElement("div");
  line.className = "pl-day pl-day--new";
  line.textContent = "New";
  first.closest("[data-entry]").before(line);
}

export function lastNumber() {
  return Math.max(0, ...[...stream.querySelectorAll("[data-message]")].map((each) => Number(each.dataset.number)));
}

// Older entries come in above: the reader stays at the line being read.
let height = 0;
document.addEventListener("htmx:beforeSwap", (event) => { if (event.target.id === "older") height = stream.scrollHeight; });
document.addEventListener("htmx:afterSettle", () => {
  paint(stream);
  separateAll();
  if (height) { stream.scrollTop += stream.scrollHeight - height; height = 0; }
});

jump.addEventListener("click", () => {
  if (isLive()) toEnd();
  else location.assign(location.pathname);
});
stream.addEventListener("scroll", () => { if (isLive() && atEnd()) jump.hidden = true; }, { passive: true });

paint(stream);
separateAll();
markUnread();
const asked = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
if (asked) { asked.scrollIntoView({ block: "center" }); asked.classList.add("is-asked-for"); }
else if (stream.querySelector(".pl-day--new")) stream.querySelector(".pl-day--new").scrollIntoView({ block: "start" });
else toEnd();
