// The outcome of a session: it can be saved once an outcome is chosen, and is sent once.

const button = (form) => form.querySelector("[data-saving]");
const settle = (form) => { button(form).disabled = !form.querySelector("[name=outcome]:checked"); };
const all = (root) => root.querySelectorAll?.("form[data-outcome]") ?? [];

document.addEventListener("change", ({ target }) => {
  const form = target.closest?.("form[data-outcome]");
  if (form) settle(form);
});

document.addEventListener("submit", ({ target }) => {
  if (!target.matches?.("form[data-outcome]")) return;
  const saves = button(target);
  saves.dataset.label ??= saves.textContent;
  saves.textContent = saves.dataset.saving;
  saves.disabled = true;
});

// In the dialog the way back closes it; on a page of its own it leads back to the session.
document.addEventListener("click", (event) => {
  const dialog = event.target.closest?.("dialog [data-keep-talking]")?.closest("dialog");
  if (!dialog) return;
  event.preventDefault();
  dialog.close();
});

// Whoever comes back to a page that was sent finds it as it was.
addEventListener("pageshow", () => {
  for (const form of all(document)) {
    const { label } = button(form).dataset;
    if (label) button(form).textContent = label;
    settle(form);
  }
});

document.addEventListener("htmx:load", ({ target }) => { for (const form of all(target)) settle(form); });
for (const form of all(document)) settle(form);
