// Marks on the photos of a request, set with the pointer or with the arrow keys and Enter. They go along with the response.
const form = document.getElementById("respond"), box = form?.querySelector("[data-marks]");
const STEP = 0.02, LEAP = 0.1, MOST = 20;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SVG = "http://www.w3.org/2000/svg";

if (box) start();

function start() {
  const list = box.querySelector("[data-marks-list]"), out = box.querySelector("[name=pins]"), template = box.querySelector("template");
  const within = (share) => Math.min(1, Math.max(0, share));

  for (const figure of document.querySelectorAll("[data-photo]")) {
    const button = figure.querySelector("[data-pin-start]");
    button.hidden = false;
    button.addEventListener("click", () => aim(figure, button));
  }
  for (const pin of parsed(out.value)) set(document.querySelector(`[data-photo="${CSS.escape(pin.photo_id)}"]`), pin);
  list.addEventListener("input", write);

  /** Over the photo lies a button whose crosshair is the place. */
  function aim(figure, button) {
    const stage = figure.querySelector(".pl-pinned__stage"), target = document.createElement("button");
    let x = 0.5, y = 0.5;
    target.type = "button";
    target.className = "pl-pinner";
    target.ariaLabel = `Place on photo ${figure.dataset.number}. Move with the arrow keys, set with Enter, leave with Escape.`;
    const move = () => { target.style.setProperty("--x", `${x * 100}%`); target.style.setProperty("--y", `${y * 100}%`); };
    const leave = () => { target.remove(); button.focus(); };
    target.addEventListener("keydown", (event) => {
      const step = MOVES[event.key];
      if (event.key === "Escape") return leave();
      if (!step) return;
      event.preventDefault();
      const length = event.shiftKey ? LEAP : STEP;
      x = within(x + step[0] * length);
      y = within(y + step[1] * length);
      move();
    });
    target.addEventListener("click", (event) => {
      const area = target.getBoundingClientRect();
      // A click made by the keyboard has no place of its own.
      if (event.detail > 0) { x = within((event.clientX - area.left) / area.width); y = within((event.clientY - area.top) / area.height); }
      target.remove();
      set(figure, { photo_id: figure.dataset.photo, x, y, note: "" })?.querySelector("input").focus();
      write();
    });
    move();
    stage.querySelector(".pl-pinner")?.remove();
    stage.append(target);
    target.focus();
  }

  function set(figure, pin) {
    const marks = figure?.querySelector("[data-pins]");
    if (!marks || marks.children.length >= MOST) return null;
    const number = Math.max(0, ...[...marks.children].map((each) => Number(each.dataset.pin))) + 1;
    const mark = drawn(number, pin), row = template.content.firstElementChild.cloneNode(true);
    const name = `Photo ${figure.dataset.number}, mark ${number}`, note = row.querySelector("input");
    marks.append(mark);
    row.querySelector("[data-mark-name]").textContent = name;
    note.ariaLabel = `What is to be seen at ${name.toLowerCase()}`;
    note.placeholder = "What is to be seen there";
    note.value = pin.note ?? "";
    row.pin = pin;
    row.querySelector("button").addEventListener("click", () => { mark.remove(); row.remove(); write(); });
    list.append(row);
    box.hidden = false;
    return row;
  }

  function write() {
    const rows = [...list.children];
    out.value = JSON.stringify(rows.map((row) => ({ ...row.pin, note: row.querySelector("input").value })));
    box.hidden = !rows.length;
  }
}

function drawn(number, { x, y }) {
  const mark = document.createElementNS(SVG, "svg"), circle = document.createElementNS(SVG, "circle"), text = document.createElementNS(SVG, "text");
  mark.setAttribute("x", `${x * 100}%`);
  mark.setAttribute("y", `${y * 100}%`);
  mark.dataset.pin = number;
  mark.classList.add("is-new");
  circle.setAttribute("r", 13);
  text.setAttribute("dy", ".35em");
  text.textContent = number;
  mark.append(circle, text);
  return mark;
}

function parsed(text) {
  try { return JSON.parse(text || "[]"); } catch { return []; }
}
