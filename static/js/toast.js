// Short notices in the region #toasts (role=status). The server sends them as messages, as an out-of-band swap, or as
// an event: HX-Trigger: {"toast": {"text": "Saved"}}.

const LASTS = 6000;

export function toast(text) {
  const note = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  note.querySelector("span").textContent = text;
  document.getElementById("toasts").append(note);
  expire(note);
}

function expire(note) {
  let timer;
  const start = () => { timer = setTimeout(() => note.remove(), LASTS); };
  const stop = () => clearTimeout(timer);
  for (const name of ["mouseenter", "focusin"]) note.addEventListener(name, stop);
  for (const name of ["mouseleave", "focusout"]) note.addEventListener(name, start);
  start();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-toast-close]")) event.target.closest(".pl-toast").remove();
});
document.addEventListener("toast", (event) => toast(event.detail.text));
document.addEventListener("htmx:load", (event) => { if (event.target.matches?.(".pl-toast")) expire(event.target); });
for (const note of document.querySelectorAll(".pl-toast")) expire(note);
