// input[data-range] inside [data-scope]: fills its track, writes its value to [data-out] and what is left of a balance
// to [data-left="85"], draws a .pl-ring, and presses the <button data-set-range="ID" value="15"> that fits.

function paint(slider) {
  const share = (slider.value - slider.min) / (slider.max - slider.min || 1);
  const scope = slider.closest("[data-scope]") ?? slider.form ?? document;
  slider.style.setProperty("--at", `${share * 100}%`);
  for (const out of scope.querySelectorAll("[data-out]")) out.textContent = slider.value;
  for (const left of scope.querySelectorAll("[data-left]")) left.textContent = left.dataset.left - slider.value;
  for (const arc of scope.querySelectorAll(".pl-ring .arc")) arc.setAttribute("stroke-dasharray", `${(slider.value / slider.max) * 100} 100`);
  for (const button of scope.querySelectorAll("[data-set-range]")) button.setAttribute("aria-pressed", button.value === slider.value);
}

document.addEventListener("input", (event) => { if (event.target.matches("[data-range]")) paint(event.target); });

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-set-range]");
  if (!button) return;
  const slider = document.getElementById(button.dataset.setRange);
  slider.value = button.value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
});

const paintAll = (root) => { for (const slider of root.querySelectorAll?.("[data-range]") ?? []) paint(slider); };
document.addEventListener("htmx:load", (event) => paintAll(event.target));
paintAll(document);
