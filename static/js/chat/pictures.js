// Pictures for a message: chosen, pasted or dropped; each is sent at once and shown small, with a button to drop it again.
import { toast } from "../toast.js";

const form = document.getElementById("composer");
const box = document.getElementById("pictures"), input = document.getElementById("picture-input");
let pending = 0;

export const pictures = {
  get busy() { return pending > 0; },
  ids: () => [...box.querySelectorAll("[data-upload]")].map((each) => each.dataset.upload),
  clear() { box.replaceChildren(); box.hidden = true; },
};

input.addEventListener("change", () => { for (const file of input.files) upload(file); input.value = ""; });
form.addEventListener("paste", (event) => take(event, event.clipboardData.files));
for (const name of ["dragover", "drop"]) {
  document.getElementById("main").addEventListener(name, (event) => {
    if (name === "drop") take(event, event.dataTransfer.files);
    else if ([...event.dataTransfer.types].includes("Files")) event.preventDefault();
  });
}

function take(event, files) {
  if (!files.length) return;
  event.preventDefault();
  for (const file of files) upload(file);
}

async function upload(file) {
  const figure = document.createElement("figure");
  figure.innerHTML = '<span class="spinner-border" role="status"><span class="visually-hidden">Sending the picture</span></span>';
  box.append(figure);
  box.hidden = false;
  pending += 1;
  try { show(figure, await send(file)); }
  catch (error) { figure.remove(); box.hidden = !box.children.length; toast(error.message); }
  finally { pending -= 1; }
}

async function send(file) {
  const body = new FormData();
  body.append("file", file);
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  const answer = await fetch("/api/uploads", { method: "POST", headers, body }).catch(() => { throw new Error("The picture was not sent. Check your connection, then try again."); });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.error ?? "The picture was not taken. Try a smaller one.");
  return told;
}

function show(figure, { id, thumb_url }) {
  figure.dataset.upload = id;
  const image = new Image();
  image.src = thumb_url; image.alt = "Picture to send";
  const remove = document.createElement("button");
  remove.type = "button"; remove.className = "btn-close"; remove.ariaLabel = "Remove this picture";
  remove.addEventListener("click", () => { figure.remove(); box.hidden = !box.children.length; });
  figure.replaceChildren(image, remove);
}
