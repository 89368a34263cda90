// What is typed into the form of a request is kept on the server, a moment after each change, until it is asked.
const form = document.getElementById("ask"), state = document.getElementById("draft-state");
const PASSED_OVER = new Set(["csrfmiddlewaretoken", "photo", "token", "files"]);
const PAUSE = 1200;
let timer = 0, asked = false;

form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, PAUSE); });
form.addEventListener("submit", () => { asked = true; clearTimeout(timer); });
document.addEventListener("visibilitychange", () => { if (document.hidden && timer) keep(); });
window.addEventListener("pageshow", (event) => { if (event.persisted) asked = false; });

async function keep() {
  clearTimeout(timer);
  timer = 0;
  if (asked) return;
  const given = new FormData(form);
  const words = Object.fromEntries([...given].filter(([name]) => !PASSED_OVER.has(name)));
  const body = JSON.stringify({ form: words, image_ids: given.getAll("photo").filter(Boolean), token: given.get("token") });
  const headers = { "Content-Type": "application/json", "X-CSRFToken": given.get("csrfmiddlewaretoken") };
  const answer = await fetch(form.dataset.keptAt, { method: "PUT", headers, body, keepalive: body.length < 60000 }).catch(() => null);
  if (asked) return;
  const told = await answer?.json().catch(() => null);
  if (answer?.ok) history.replaceState(null, "", location.pathname);   // what the address brought along is in the draft now
  state.textContent = answer?.ok ? "Draft saved" : told?.error ?? "Not saved: you are offline. It is tried again with your next words.";
}
