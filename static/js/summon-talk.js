// The talk in a session: messages in their order, whose they are, what was read, who is typing. What the socket tells is
// only that there is something new; the words come from the server, from the version that is on the screen.

const me = document.body.dataset.user, TYPING = 2000;
const log = () => document.getElementById("summon-log");
let connection = null, readTo = 0, typedAt = 0, typing = 0;

export function listen(live) { connection = live; readTo = 0; }

let catching = null, again = false;
export function catchUp() {
  if (!log()) return;
  again = true;
  catching ??= fetchChanges().catch(() => {}).finally(() => { catching = null; });
}

async function fetchChanges() {
  while (again && log()) {
    again = false;   // what we hear of while we ask may be too new for the answer: then we ask once more
    const { changes, version } = log().dataset;
    const answer = await fetch(`${changes}?since=${version}`);
    if (answer.ok) take(await answer.text());
  }
}

function take(html) {
  const parsed = document.createElement("template");
  parsed.innerHTML = html;
  const news = parsed.content.firstElementChild, list = log();
  if (!news || !list) return;
  const wasAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 120;
  const fresh = [...news.querySelectorAll("[data-message]")];
  for (const message of fresh) put(list, document.importNode(message, true));
  list.dataset.version = news.dataset.version;
  document.getElementById("summon-read").dataset.read = news.dataset.read;
  const theirs = fresh.filter((each) => each.dataset.author !== me);
  if (theirs.length) stopTyping();
  document.dispatchEvent(new CustomEvent("summon:news", { detail: theirs.filter((each) => Number(each.dataset.number) > readTo).length }));
  settle(wasAtEnd || fresh.some((each) => each.dataset.author === me));
}

function put(list, message) {
  paint(message);
  const old = document.getElementById(message.id);
  if (old) { old.replaceWith(message); window.htmx?.process(message); return; }
  const before = [...list.querySelectorAll("[data-message]")].findLast((each) => Number(each.dataset.number) < Number(message.dataset.number));
  (before ?? list.querySelector("small")).after(message);
  window.htmx?.process(message);
  message.classList.add("htmx-added");
  requestAnimationFrame(() => requestAnimationFrame(() => message.classList.remove("htmx-added")));
}

export function showSeen(number) {
  const mark = document.getElementById("summon-read");
  if (!mark) return;
  mark.dataset.read = Math.max(number, Number(mark.dataset.read));
  settle(false);
}

const paint = (message) => message.classList.toggle("me", message.dataset.author === me);

export function settle(toEnd = true) {
  const list = log();
  if (!list) return;
  if (toEnd) list.scrollTop = list.scrollHeight;
  const mine = list.querySelector("[data-message]:last-of-type.me"), mark = document.getElementById("summon-read");
  mark.hidden = !mine || Number(mine.dataset.number) > Number(mark.dataset.read);
  read();
}

function read() {
  const number = Number([...(log()?.querySelectorAll("[data-message]") ?? [])].at(-1)?.dataset.number ?? 0);
  const isSeen = !document.hidden && log()?.getClientRects().length;   // during a call the text may be folded away
  if (isSeen && number > readTo && connection?.send({ type: "read", number })) readTo = number;
}
document.addEventListener("summon:look", () => settle());
document.addEventListener("visibilitychange", () => { if (!document.hidden) catchUp(); read(); });

export function showTyping() {
  const line = document.getElementById("summon-typing");
  if (!line) return;
  line.hidden = false;
  clearTimeout(typing);
  typing = setTimeout(stopTyping, line.dataset.seconds * 1000);
  catchUp();   // who writes has read what stands above: the mark under one's own last message may be due
}

function stopTyping() {
  clearTimeout(typing);
  const line = document.getElementById("summon-typing");
  if (line) line.hidden = true;
}

// -- writing -----------------------------------------------------------------------------------------------------------

const inForm = (event) => event.target.closest?.("#summon-say");

document.addEventListener("keydown", (event) => {
  if (!inForm(event) || event.target.name !== "content") return;
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

document.addEventListener("input", (event) => {
  if (!inForm(event) || event.target.name !== "content" || !event.target.value.trim()) return;
  if (Date.now() - typedAt > TYPING && connection?.send({ type: "typing" })) typedAt = Date.now();
});

document.addEventListener("change", (event) => {
  if (!inForm(event) || event.target.type !== "file") return;
  const count = event.target.files.length;
  event.target.form.querySelector("[data-chosen]").textContent = count ? `${count} photo${count === 1 ? "" : "s"}` : "";
});

// Nothing written, nothing chosen: nothing to send.
document.addEventListener("htmx:confirm", (event) => {
  const form = inForm(event);
  if (form && !form.elements.content.value.trim() && !form.elements.pictures.files.length) event.preventDefault();
});
