// Course Chat, live: listens to the room, asks for what it missed, shows who is here and who is typing.
import { Live, address, swap } from "../live.js";
import { toast } from "../toast.js";
import { apply, atEnd, isLive, lastNumber, messageOf, stream } from "./stream.js";
import * as composer from "./composer.js";
import "./menu.js";

const page = document.querySelector("[data-room]");
const room = page.dataset.room, me = document.body.dataset.user;
const banner = document.getElementById("connection");
const people = new Map();
const typing = new Map();
let version = Number(page.dataset.version), heard = 0, readTo = Number(page.dataset.read);

const live = new Live(address(`/api/chat/connect?room=${room}&format=html`));
live.addEventListener("open", () => { banner.hidden = true; });
live.addEventListener("lost", () => { banner.hidden = false; });
live.addEventListener("final", () => { banner.hidden = true; });
live.addEventListener("frame", ({ detail }) => (HEARD[detail.type] ?? ignore)(detail));
banner.querySelector("[data-retry-connection]").addEventListener("click", () => live.retry());
composer.start(live);

const ignore = () => {};
const HEARD = {
  history: (frame) => missed(frame.version),
  pong: (frame) => missed(frame.version),
  resync: () => catchUp(),
  message: changed,
  message_updated: changed,
  presence: (frame) => { people.clear(); for (const user of frame.users) people.set(user.id, user); showOnline(); },
  user_joined: ({ user }) => { people.set(user.id, user); showOnline(); },
  user_left: ({ user_id }) => { people.delete(user_id); stopTyping(user_id); showOnline(); },
  typing: ({ user_id }) => startTyping(user_id),
  points_awarded: (frame) => { if ([frame.from_user_id, frame.to_user_id].includes(me)) showPoints(); },
  help_queue: (frame) => { swap(frame.html); showQueue(); },
  helpers: (frame) => swap(frame.html),
  error: ({ message, client_id }) => (client_id ? composer.refused(client_id, message) : toast(message)),
};

// -- messages: every change has the next version; a hole means that something was missed --------------------------

function changed(frame) {
  if (frame.version <= version) return;
  if (frame.version > version + 1) missed(frame.version);
  else take(frame);
}

function take(frame) {
  version = Math.max(version, frame.version);
  composer.stored(frame.client_id);
  stopTyping(frame.author_id);
  if (apply(frame)) { read(); noteAnswer(frame); }
  showQueue();
}

function missed(known = version) {
  heard = Math.max(heard, known);
  if (known !== version) catchUp();
}

let catching = null;
function catchUp() {
  catching ??= fetchChanges().catch(ignore).finally(() => { catching = null; });
  return catching;
}

async function fetchChanges() {
  do {
    heard = version;   // what we hear of while we ask may be too new for the answer: then we ask again
    const answer = await fetch(`/courses/${room}/chat/changes?since=${version}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const told = await answer.json();
    if (told.reload) { location.reload(); return; }
    const news = told.frames.filter((frame) => frame.version > version);
    // A question that changed after it was answered comes behind its answers, and they need it to stand under.
    for (const frame of news.sort((a, b) => Boolean(a.reply_to_id) - Boolean(b.reply_to_id))) take(frame);
    version = Math.max(version, told.version);
  } while (version < heard);
}

document.addEventListener("chat:changed", () => catchUp());

// -- who is here ---------------------------------------------------------------------------------------------------

function showOnline() {
  people.set(me, people.get(me) ?? { id: me });
  for (const each of page.querySelectorAll("[data-online]")) each.textContent = `${people.size} online`;
}

function startTyping(id) {
  if (id === me || !people.has(id)) return;
  clearTimeout(typing.get(id));
  typing.set(id, setTimeout(() => stopTyping(id), page.dataset.typingSeconds * 1000));
  showTyping();
}

function stopTyping(id) {
  clearTimeout(typing.get(id));
  if (typing.delete(id)) showTyping();
}

function showTyping() {
  const line = document.getElementById("typing");
  const names = [...typing.keys()].map((id) => people.get(id)?.name?.split(" ")[0]).filter(Boolean);
  line.hidden = !names.length;
  line.querySelector("[data-who]").textContent =
    names.length > 2 ? "Several people are typing" : `${names.join(" and ")} ${names.length > 1 ? "are" : "is"} typing`;
}

// -- questions: mine that waits, a Student-Teacher who is answering ---------------------------------------------------

function showQueue() {
  const waiting = document.querySelectorAll("#queue li").length;
  const count = page.querySelector("[data-pending-count]");
  count.textContent = waiting;
  count.hidden = !waiting;
  for (const name of document.querySelectorAll(`#queue [data-name-of="${me}"]`)) name.textContent = "You";
  const mine = [...document.querySelectorAll("#queue li")].find((row) => row.querySelector(`[data-name-of="${me}"]`));
  const line = document.getElementById("waiting");
  line.hidden = !mine;
  if (mine) line.querySelector("a").href = mine.querySelector("a").href;
}

let helping = 0;
function noteAnswer(frame) {
  const message = messageOf(frame.id);
  if (!frame.reply_to_id || !message?.hasAttribute("data-st") || !message.closest(".pl-thread")) return;
  if (frame.author_id === me) return;
  const line = document.getElementById("helping");
  line.querySelector("[data-who]").textContent = message.querySelector(".pl-msg__who").textContent;
  line.hidden = false;
  clearTimeout(helping);
  helping = setTimeout(() => { line.hidden = true; }, page.dataset.answeringMinutes * 60000);
}

// A link to a message that is on the page goes there without leaving it.
document.addEventListener("click", (event) => {
  const id = event.target.closest("[data-jump]")?.dataset.jump;
  const message = id && messageOf(id);
  if (!message) return;
  event.preventDefault();
  page.querySelector('[data-tab-to="chat"]').click();
  message.scrollIntoView({ block: "center", behavior: "smooth" });
  message.classList.add("is-asked-for");
});

// -- points --------------------------------------------------------------------------------------------------------

async function showPoints() {
  const answer = await fetch("/api/goodwill/balance");
  if (!answer.ok) return;
  const { balance } = await answer.json();
  for (const each of page.querySelectorAll("[data-points-number]")) each.textContent = balance;
  for (const each of page.querySelectorAll("span[data-points]")) each.textContent = `${balance} point${balance === 1 ? "" : "s"} to give`;
  const low = document.getElementById("low-balance");
  if (low) low.hidden = balance >= Number(low.dataset.low);
}

// -- reading: what was on a visible screen, at the end of the stream, has been read -----------------------------------

function read() {
  if (document.hidden || !isLive() || !atEnd()) return;
  const number = lastNumber();
  if (number > readTo && live.send({ type: "read", number })) readTo = number;
}

stream.addEventListener("scroll", () => setTimeout(read, 500), { passive: true });
document.addEventListener("visibilitychange", read);
live.addEventListener("open", () => setTimeout(read, 500));
showQueue();
