// Writing: Enter sends, a question can be toggled, an answer names its question, pictures are pasted, dropped or chosen.
// A message shows at once as "sending"; refused, its text is back in the composer with the reason and a Retry.
import * as outbox from "./outbox.js";
import { stream, toEnd } from "./stream.js";
import { forget } from "../draft.js";
import { pictures } from "./pictures.js";

const PATIENCE = 6000, TYPING = 2000, THINKING = 500;
const form = document.getElementById("composer");
const field = form.elements.content, ask = form.elements.is_question, replyTo = form.elements.reply_to_id;
const room = document.querySelector("[data-room]").dataset.room;
const timers = new Map();
let live = null, typedAt = 0, thinking = 0;

export function start(connection) {
  live = connection;
  for (const message of outbox.waiting()) draw(message);
  live.addEventListener("open", () => { for (const message of outbox.waiting()) deliver(message); });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (pictures.busy) return;
  const content = field.value.trim(), attachment_ids = pictures.ids();
  if (!content && !attachment_ids.length) { field.focus(); return; }
  const message = { client_id: outbox.newId(), content, is_question: ask.checked && !replyTo.value, reply_to_id: replyTo.value || null, attachment_ids };
  post(message);
  clear();
});

function post(message) {
  outbox.add(message);
  draw(message);
  toEnd();
  deliver(message);
}

function clear() {
  field.value = ""; ask.checked = false;
  ask.dispatchEvent(new Event("change", { bubbles: true }));
  field.dispatchEvent(new Event("input", { bubbles: true }));
  forget(field);
  pictures.clear();
  say();
  stopAnswering();
  field.focus();
}

// -- sending ---------------------------------------------------------------------------------------------------

function deliver(message) {
  mark(message.client_id, "sending");
  clearTimeout(timers.get(message.client_id));
  timers.set(message.client_id, setTimeout(() => failed(message.client_id), PATIENCE));
  if (live.send({ type: "message", ...message })) return;
  if (navigator.onLine) deliverByForm(message);
  else mark(message.client_id, "waiting");
}

async function deliverByForm(message) {
  try {
    const answer = await fetch(`/api/courses/${room}/chat/messages`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
      body: JSON.stringify(message),
    });
    if (answer.ok) { stored(message.client_id); document.dispatchEvent(new Event("chat:changed")); }
    else refused(message.client_id, (await answer.json()).error);
  } catch { failed(message.client_id); }
}

export function stored(clientId) {
  if (!clientId) return;
  clearTimeout(timers.get(clientId));
  outbox.remove(clientId);
  bubble(clientId)?.remove();
}

export function refused(clientId, reason) {
  const message = outbox.get(clientId);
  if (!message) { say(reason); return; }
  clearTimeout(timers.get(clientId));
  if (field.value.trim()) { failed(clientId, reason); return; }   // something else is being written: it stays in the stream
  stored(clientId);
  field.value = message.content;
  ask.checked = message.is_question;
  if (message.reply_to_id) answerTo(message.reply_to_id);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  say(reason, () => { clear(); post(message); });
}

function failed(clientId, reason = "") {
  clearTimeout(timers.get(clientId));
  mark(clientId, "failed", reason);
}

// -- what waits, in the stream ---------------------------------------------------------------------------------

const bubble = (clientId) => stream.querySelector(`[data-pending="${clientId}"]`);
const WORDS = { sending: "Sending", waiting: "Goes out when you are connected again" };

function draw(message) {
  const article = document.createElement("article");
  article.className = "pl-msg pl-msg--own";
  article.dataset.pending = message.client_id;
  article.innerHTML = '<div class="pl-msg__main"><div class="pl-msg__text"><p></p></div><footer class="pl-msg__acts justify-content-end text-xs"></footer></div>';
  article.querySelector("p").textContent = message.content || "Picture";
  stream.append(article);
}

function mark(clientId, state, reason = "") {
  const article = bubble(clientId);
  if (!article) return;
  article.classList.toggle("pl-msg--failed", state === "failed");
  const foot = article.querySelector("footer");
  foot.replaceChildren(WORDS[state] ?? "Message not sent.", reason ? ` ${reason}` : "");
  if (state === "failed") foot.append(button("Retry", () => deliver(outbox.get(clientId))), button("Discard", () => stored(clientId)));
}

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button"; made.className = "link-btn"; made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

// The reason of a refusal, above the text it is about; nothing to say takes it away.
function say(reason = "", retry = null) {
  form.querySelector(".pl-note--clay")?.remove();
  if (!reason) return;
  const note = document.createElement("div");
  note.className = "pl-note pl-note--clay m-1";
  note.role = "alert";
  const text = document.createElement("span");
  text.className = "grow";
  text.textContent = `Message not sent. ${reason}`;
  note.append(text);
  if (retry) note.append(button("Retry", retry));
  form.prepend(note);
}

// -- writing ---------------------------------------------------------------------------------------------------

field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
  event.preventDefault();
  form.requestSubmit();
});

field.addEventListener("input", () => {
  if (field.value.trim() && Date.now() - typedAt > TYPING && live?.send({ type: "typing" })) typedAt = Date.now();
  clearTimeout(thinking);
  thinking = setTimeout(suggest, THINKING);
});
ask.addEventListener("change", () => { field.placeholder = ask.checked ? "Ask the room a question" : "Message the room"; suggest(); });

// While a question is being typed: earlier ones like it that were answered.
async function suggest() {
  const box = document.getElementById("suggestions");
  if (!ask.checked || field.value.trim().length < 12) { box.replaceChildren(); return; }
  try {
    const answer = await fetch(`/courses/${room}/chat/suggestions?content=${encodeURIComponent(field.value)}`);
    if (answer.ok && ask.checked) box.innerHTML = await answer.text();
  } catch { /* a hint only */ }
}

export function answerTo(id, name = stream.querySelector(`[data-answer="${id}"]`)?.dataset.to ?? "") {
  replyTo.value = id;
  const note = document.getElementById("answering-to");
  note.querySelector("[data-to]").textContent = name;
  note.hidden = false;
  ask.checked = false;
  field.focus();
}

function stopAnswering() {
  replyTo.value = "";
  document.getElementById("answering-to").hidden = true;
}

document.addEventListener("click", (event) => {
  const answer = event.target.closest("[data-answer]");
  if (answer) answerTo(answer.dataset.answer, answer.dataset.to);
  if (event.target.closest("[data-stop-answering]")) { stopAnswering(); field.focus(); }
});
