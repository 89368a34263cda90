// A long press with the finger on [data-long-press="SELECTOR"] presses the button SELECTOR inside it. The button is
// always there as well: this is only a shorter way.

const HOLD = 550, STILL = 10;
let hold = null, pressed = false;

document.addEventListener("pointerdown", (event) => {
  const area = event.pointerType === "touch" && event.target.closest("[data-long-press]");
  const button = area && !event.target.closest("a, button, input, textarea") && area.querySelector(area.dataset.longPress);
  pressed = false;
  if (button) hold = { x: event.clientX, y: event.clientY, timer: setTimeout(() => { pressed = true; button.click(); }, HOLD) };
});
// Lifting the finger may count as a click, on whatever has opened under it meanwhile.
document.addEventListener("click", (event) => {
  if (!pressed || !event.isTrusted) return;
  pressed = false;
  event.preventDefault();
  event.stopPropagation();
}, { capture: true });

const end = () => { clearTimeout(hold?.timer); hold = null; setTimeout(() => { pressed = false; }, 300); };
for (const name of ["pointerup", "pointercancel", "scroll"]) document.addEventListener(name, end, { capture: true, passive: true });
document.addEventListener("pointermove", (event) => {
  if (hold && Math.hypot(event.clientX - hold.x, event.clientY - hold.y) > STILL) end();   // a finger is never quite still
});
