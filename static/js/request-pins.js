// Marks on the photos of a request, set with the pointer or with the arrow keys and Enter. Those of who asked have a form
// of their own at each photo; those of who answers go along with the response.
let answer, list, out;
const STEP = 0.02, LEAP = 0.1, MOST = 20;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SVG = "http://www.w3.org/2000/svg";
const within = (share) => Math.min(1, Math.max(0, share));
const marksOf = (figure) => figure.querySelector("[data-pins]");
const next = (marks) => Math.max(0, ...[...marks.children].map((each) => Number(each.dataset.pin))) + 1;
const figureOf = (pin) => document.querySelector(`[data-photo="${CSS.escape(pin.photo_id)}"]`);
const ownForm = (figure) => figure.querySelector("[data-own-mark]");

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-pin-start]"), figure = button?.closest("[data-photo]");
  if (figure) aim(figure, button, ownForm(figure) ? propose : add);
});
document.addEventListener("request:changed", () => { find(); for (const row of list?.children ?? []) if (!row.mark.isConnected) draw(row, figureOf(row.pin)); });
find();
for (const pin of parsed(out?.value)) set(figureOf(pin), pin);

function find() {
  const found = document.querySelector("#respond [data-marks]");
  if (found && found !== answer) {
    list = found.querySelector("[data-marks-list]");
    out = found.querySelector("[name=pins]");
    list.addEventListener("input", write);
    list.addEventListener("click", ({ target }) => { if (target.closest("button")) drop(target.closest("li")); });
  }
  answer = found;
  for (const button of document.querySelectorAll("[data-pin-start]")) button.hidden = !(answer || ownForm(button.closest("[data-photo]")));
}

/** Over the photo lies a button whose crosshair is the place. */
function aim(figure, button, chosen) {
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
    chosen(figure, { photo_id: figure.dataset.photo, x, y, note: "" });
  });
  move();
  stage.querySelector(".pl-pinner")?.remove();
  stage.append(target);
  target.focus();
}

// -- one's own photo: the form at it is filled in, and says what is to be seen there ------------------------------

function propose(figure, pin) {
  const box = ownForm(figure), { left, top, note } = box.querySelector("form").elements, marks = marksOf(figure);
  box.open = true;
  left.value = (pin.x * 100).toFixed(2);
  top.value = (pin.y * 100).toFixed(2);
  marks.querySelector(".is-new")?.remove();
  marks.append(drawn(next(marks), pin));
  note.focus();
}

// -- along with the response -------------------------------------------------------------------------------------

function add(figure, pin) {
  set(figure, pin)?.querySelector("input").focus();
  write();
}

function set(figure, pin) {
  const marks = figure && marksOf(figure);
  if (!marks || marks.children.length >= MOST) return null;
  const row = answer.querySelector("template").content.firstElementChild.cloneNode(true), note = row.querySelector("input");
  note.placeholder = "What is to be seen there";
  note.value = pin.note ?? "";
  row.pin = pin;
  draw(row, figure);
  list.append(row);
  answer.hidden = false;
  return row;
}

function draw(row, figure) {
  if (!figure) return;   // the photo was taken down meanwhile
  const marks = marksOf(figure), number = next(marks), name = `Photo ${figure.dataset.number}, mark ${number}`;
  row.mark = drawn(number, row.pin);
  row.querySelector("[data-mark-name]").textContent = name;
  row.querySelector("input").ariaLabel = `What is to be seen at ${name.toLowerCase()}`;
  marks.append(row.mark);
}

function drop(row) {
  row.mark.remove();
  row.remove();
  write();
}

function write() {
  const rows = [...list.children];
  out.value = JSON.stringify(rows.map((row) => ({ ...row.pin, note: row.querySelector("input").value })));
  answer.hidden = !rows.length;
}

// -- the marks as they are drawn ---------------------------------------------------------------------------------

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
