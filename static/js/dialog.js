// <button data-dialog-open="ID"> opens <dialog id="ID">; [data-dialog-close] or a click on the darkened page closes it.
// A dialog that arrives by htmx with data-dialog-show opens itself and is removed when it closes.

let opener = null;

export function show(dialog) {
  if (dialog.open) return;
  opener = document.activeElement;
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const open = event.target.closest("[data-dialog-open]");
  if (open) show(document.getElementById(open.dataset.dialogOpen));
  else if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
  else if (event.target.matches("dialog.pl-dialog") && isOutside(event)) event.target.close();
});

function isOutside(event) {
  const box = event.target.getBoundingClientRect();
  // A click made by the keyboard has no place (0, 0).
  return event.detail > 0 && (event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom);
}

document.addEventListener("htmx:load", (event) => {
  const dialog = event.target.matches?.("dialog[data-dialog-show]") ? event.target : event.target.querySelector?.("dialog[data-dialog-show]");
  if (dialog) show(dialog);
});

document.addEventListener("close", (event) => {
  if (!event.target.matches?.("dialog[data-dialog-show]")) return;
  event.target.remove();
  if (opener?.isConnected) opener.focus();   // the browser returns the focus only to dialogs that stay
}, true);
