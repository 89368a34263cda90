// <span data-ends-in="108.2" data-suffix=" to go" data-over="reached">1:48 to go</span> counts down; with data-of="120" it
// also empties the ring around it. <time data-elapsed="192.4"> is given its beginning at once, to the fraction of a second.

const ends = new WeakMap();

function tick() {
  for (const each of document.querySelectorAll("[data-ends-in]")) {
    if (!ends.has(each)) ends.set(each, Date.now() + each.dataset.endsIn * 1000);
    show(each, Math.max(0, (ends.get(each) - Date.now()) / 1000));
  }
  for (const time of document.querySelectorAll("time[data-since]")) {
    const seconds = Math.floor((Date.now() - time.dataset.since) / 1000);
    write(time, `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
  }
}

const write = (each, text) => { if (each.textContent !== text) each.textContent = text; };

function show(each, left) {
  const seconds = Math.ceil(left);
  const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}${each.dataset.suffix ?? ""}`;
  write(each, seconds ? text : each.dataset.over);
  const ring = each.dataset.of && each.closest(".pl-ring");
  if (!ring) return;
  ring.querySelector(".arc").setAttribute("stroke-dasharray", `${(100 * left) / each.dataset.of} 100`);
  ring.classList.toggle("pl-ring--clay", left < 40);
}

// A copy that was drawn in the same moment shows the same second: both people see one clock.
function begin(root) {
  for (const time of root.querySelectorAll?.("time[data-elapsed]") ?? []) time.dataset.since ??= Date.now() - time.dataset.elapsed * 1000;
  tick();
}

document.addEventListener("htmx:load", (event) => begin(event.target));
setInterval(tick, 250);   // a whole second may pass unseen between two ticks of a second
begin(document);
