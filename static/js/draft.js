// Keeps unsent text: a field with data-draft="room-12" survives a reload, and is forgotten once its form was accepted.
// The key belongs to one person, so that the next one at this computer does not read it.

const person = document.body.dataset.user || "visitor";
const nameOf = (field) => `draft:${person}:${field.dataset.draft}`;

export function forget(field) {
  try { localStorage.removeItem(nameOf(field)); } catch { /* private mode: nothing was kept */ }
}

function keep(field) {
  try {
    if (field.value.trim()) localStorage.setItem(nameOf(field), field.value);
    else localStorage.removeItem(nameOf(field));
  } catch { /* private mode or full: typing goes on without */ }
}

function restore(root) {
  for (const field of root.querySelectorAll?.("[data-draft]") ?? []) {
    let kept = null;
    try { kept = localStorage.getItem(nameOf(field)); } catch { /* private mode */ }
    if (!kept || field.value) continue;   // what the server sent back after a refusal is newer
    field.value = kept;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

const draftsIn = (form) => form?.querySelectorAll?.("[data-draft]") ?? [];

document.addEventListener("input", (event) => { if (event.target.dataset?.draft) keep(event.target); });
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) for (const field of draftsIn(event.target)) forget(field);
});
document.addEventListener("htmx:load", (event) => restore(event.target));

// A form sent as a plain page: the next page shows whether it was accepted. Refused, the text comes back in the field and
// is kept again; accepted, the field is gone or empty. Back and reload say nothing, so then the draft stays.
const SENT = "draft-sent";
document.addEventListener("submit", (event) => {
  const names = [...draftsIn(event.target)].map(nameOf);
  // After every listener: htmx and the chat prevent the plain way, and settle the draft themselves.
  if (names.length) setTimeout(() => { if (!event.defaultPrevented) sessionStorage.setItem(SENT, JSON.stringify(names)); });
});

function settle() {
  const sent = JSON.parse(sessionStorage.getItem(SENT) ?? "[]");
  sessionStorage.removeItem(SENT);
  const arrived = performance.getEntriesByType("navigation")[0]?.type === "navigate";
  if (arrived) for (const name of sent) localStorage.removeItem(name);
  for (const field of document.querySelectorAll("[data-draft]")) if (field.value) keep(field);
}

try { settle(); } catch { /* private mode */ }
restore(document);
