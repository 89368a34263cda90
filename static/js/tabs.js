// A segmented control that shows one pane: [data-tab] holds the name of the pane shown, <button data-tab-to="queue">
// chooses it, and with [data-swipe] a swipe goes to the next or the one before.

const FAR = 90, FLAT = 2.5;

export function showTab(button) {
  button.closest("[data-tab]").dataset.tab = button.dataset.tabTo;
  for (const each of button.parentElement.children) each.setAttribute("aria-pressed", each === button);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-tab-to]");
  if (button) showTab(button);
});

let start = null;
document.addEventListener("touchstart", (event) => {
  const area = event.target.closest("[data-swipe]");
  const taken = event.touches.length > 1 || event.target.closest("input, textarea, pre, [popover], dialog");
  start = area && !taken ? { area, x: event.touches[0].clientX, y: event.touches[0].clientY } : null;
}, { passive: true });

document.addEventListener("touchend", (event) => {
  if (!start) return;
  const across = event.changedTouches[0].clientX - start.x, down = event.changedTouches[0].clientY - start.y;
  if (Math.abs(across) > FAR && Math.abs(across) > FLAT * Math.abs(down)) step(start.area, across < 0 ? 1 : -1);
  start = null;
}, { passive: true });

function step(area, by) {
  const buttons = [...area.querySelectorAll("[data-tab-to]")];
  const next = buttons[buttons.findIndex((each) => each.dataset.tabTo === area.dataset.tab) + by];
  if (next) showTab(next);
}
