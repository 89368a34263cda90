// "More about this message": one menu for all messages, put beside the button that was pressed.
import { messageOf } from "./stream.js";
import { toast } from "../toast.js";

const menu = document.getElementById("message-menu");
const me = document.body.dataset.user;
const url = (id, what = "") => menu.dataset.urls.replace("00000000-0000-0000-0000-000000000000", id) + (what && `/${what}`);
let chosen = "", button = null;

document.addEventListener("click", (event) => {
  const more = event.target.closest("[data-menu-of]");
  if (more) open(more);
  const item = event.target.closest("#message-menu [data-menu]");
  if (item) ACTS[item.dataset.menu](chosen);
});

function open(more) {
  button = more;
  chosen = more.dataset.menuOf;
  const message = messageOf(chosen), mine = message.dataset.author === me;
  for (const item of menu.querySelectorAll("[data-own]")) item.hidden = !mine;
  for (const item of menu.querySelectorAll("[data-other]")) item.hidden = mine;
  const isOpen = message.closest("[data-entry]")?.dataset.state === "open" && message.classList.contains("pl-msg--question");
  menu.querySelector('[data-menu="unmark"]').hidden = !(mine && isOpen);
  for (const each of document.querySelectorAll("[popovertarget='message-menu']")) each.removeAttribute("popovertarget");
  more.setAttribute("popovertarget", "message-menu");   // so this very click opens it, and menu.js of the shell places it
}

menu.addEventListener("toggle", (event) => {
  if (event.newState === "open") { menu.querySelector("button:not([hidden])").focus(); return; }
  button?.removeAttribute("popovertarget");
  if (document.activeElement === document.body) button?.focus();
});

const dialog = (path) => window.htmx.ajax("GET", path, { target: "#dialogs" });
const ACTS = {
  copy: async (id) => {
    await navigator.clipboard?.writeText(new URL(url(id), location.href).href);
    toast("Link copied");
  },
  text: (id) => dialog(url(id, "text")),
  flag: (id) => dialog(url(id, "flag")),
  unmark: (id) => window.htmx.ajax("POST", url(id, "question"), { values: { off: 1 }, swap: "none" }),
  deletion: (id) => {
    if (confirm("Delete this message? Its text cannot be brought back.")) window.htmx.ajax("POST", url(id, "deletion"), { swap: "none" });
  },
};
// A form in a dialog that was accepted has done its work.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.xhr?.status === 204) event.target.closest?.("dialog")?.close();
});
