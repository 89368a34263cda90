// A field with data-count="ID" writes "44 / 1000" to the element ID, which gets data-near in the last tenth.
// data-limit counts without cutting the text off while somebody types; maxlength does as well.

export function count(field) {
  const limit = Number(field.dataset.limit ?? field.maxLength), out = document.getElementById(field.dataset.count);
  if (!out || !(limit > 0)) return;
  const used = [...field.value].length;   // characters as the server counts them, not UTF-16 units
  out.textContent = `${used} / ${limit}`;
  out.toggleAttribute("data-near", used > limit * 0.9);
}

document.addEventListener("input", (event) => { if (event.target.dataset?.count) count(event.target); });
// A reset empties the fields after its event.
document.addEventListener("reset", (event) => setTimeout(() => countAll(event.target)));

const countAll = (root) => { for (const field of root.querySelectorAll?.("[data-count]") ?? []) count(field); };
document.addEventListener("htmx:load", (event) => countAll(event.target));
countAll(document);
