// Photos of a form: chosen, dropped or pasted; each is sent at once and shown with room for its words. Without this
// script the files go along with the form.
import { toast } from "./toast.js";

const LOST = "The picture was not sent. Check your connection, then try again.";

const watched = new WeakSet();
document.addEventListener("request:changed", watchAll);
watchAll();

function watchAll() {
  for (const box of document.querySelectorAll("[data-shots]")) {
    if (!watched.has(box)) watch(box);
    watched.add(box);
  }
}

function watch(box) {
  const form = box.closest("form"), list = box.querySelector("[data-shots-list]"), input = box.querySelector("input[type=file]");
  const state = box.querySelector("[data-shots-state]"), template = box.querySelector("template");
  let pending = 0;

  const take = (files) => { for (const file of files) upload(file); };
  input.addEventListener("change", () => { take([...input.files]); input.value = ""; });
  form.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) { event.preventDefault(); take([...event.clipboardData.files]); }
  });
  box.addEventListener("dragover", (event) => event.preventDefault());
  box.addEventListener("drop", (event) => { event.preventDefault(); take([...event.dataTransfer.files]); });
  list.addEventListener("click", (event) => {
    if (!event.target.closest("[data-shot-remove]")) return;
    event.target.closest("li").remove();
    input.focus();
    changed();
  });
  form.addEventListener("submit", (event) => {
    if (pending) { event.preventDefault(); toast("A picture is still on its way. Send it once it is there."); }
  });

  async function upload(file) {
    if (list.children.length + pending >= Number(box.dataset.most)) return toast(`Add up to ${box.dataset.most} photos.`);
    pending += 1;
    state.textContent = "Sending the picture";
    try { show(await send(form, file)); }
    catch (error) { toast(error.message); }
    finally { pending -= 1; if (!pending) state.textContent = ""; }
  }

  function show({ id, thumb_url }) {
    const row = template.content.firstElementChild.cloneNode(true);
    row.querySelector("img").src = thumb_url;
    row.querySelector("[name=photo]").value = id;
    for (const field of row.querySelectorAll("[name$='-']")) field.name += id;
    list.append(row);
    changed();
  }

  const changed = () => form.dispatchEvent(new Event("input", { bubbles: true }));
}

async function send(form, file) {
  const body = new FormData();
  body.append("file", file);
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  const answer = await fetch("/api/uploads", { method: "POST", headers, body }).catch(() => { throw new Error(LOST); });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.error ?? "The picture was not taken. Try a smaller one.");
  return told;
}
