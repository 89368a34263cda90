// A long press with the finger on [data-long-press="SELECTOR"] presses the button SELECTOR inside it. The button is
// always there as well: this is only a shorter way.

const HOLD = 550, STILL = 10;
let hold = null;

document.addEventListener("pointerdown", (event) => {
  const area = event.pointerType === "touch" && event.target.closest("[data-long-press]");
  const button = area && !event.target.closest("a, button, input, textarea") && area.querySelector(area.dataset.longPress);
  if (button) hold = { x: event.clientX, y: event.clientY, timer: setTimeout(() => button.click(), HOLD) };
});

const end = () => { clearTimeout(hold?.timer); hold = null; };
for (const name of ["pointerup", "pointercancel", "scroll"]) document.addEventListener(name, end, { capture: true, passive: true });
document.addEventListener("pointermove", (event) => {
  if (hold && Math.hypot(event.clientX - hold.x, event.clientY - hold.y) > STILL) end();   // a finger is never quite still
});
