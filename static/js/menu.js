// Menus and pop-ups are popovers: <button popovertarget="x"> and <div popover id="x" class="dropdown-menu">. Opening,
// Escape, clicks outside and the way back of the focus are the browser's. Here: the place beside the button, arrow keys.

const GAP = 6, MARGIN = 8;
const buttonOf = (popover) => document.querySelector(`[popovertarget="${CSS.escape(popover.id)}"]`);

function place(popover, button) {
  const at = button.getBoundingClientRect(), size = popover.getBoundingClientRect();
  const below = at.bottom + GAP, above = at.top - GAP - size.height;
  const left = at.left + at.width / 2 > innerWidth / 2 ? at.right - size.width : at.left;   // towards the middle
  popover.style.setProperty("top", `${below + size.height + MARGIN > innerHeight && above > MARGIN ? above : below}px`);
  popover.style.setProperty("left", `${Math.max(MARGIN, Math.min(left, innerWidth - size.width - MARGIN))}px`);
}

// "toggle" comes after a paint; a frame asked for before it finds the popover open and not yet painted.
document.addEventListener("beforetoggle", (event) => {
  const popover = event.target;
  const button = popover.matches?.("[popover]") && buttonOf(popover);
  if (!button) return;
  button.setAttribute("aria-expanded", event.newState === "open");
  if (event.newState === "open" && popover.matches(".dropdown-menu")) requestAnimationFrame(() => place(popover, button));
}, true);

document.addEventListener("keydown", (event) => {
  const button = event.target.closest?.("[popovertarget]");
  const menu = event.target.closest?.(".dropdown-menu[popover]");
  if (button && event.key === "ArrowDown") openAndEnter(event, button);
  else if (menu) walk(event, menu);
});

function openAndEnter(event, button) {
  const popover = document.getElementById(button.getAttribute("popovertarget"));
  if (!popover?.matches(".dropdown-menu")) return;
  event.preventDefault();
  popover.showPopover({ source: button });
  itemsOf(popover)[0]?.focus();
}

function walk(event, menu) {
  const items = itemsOf(menu), here = items.indexOf(document.activeElement), last = items.length - 1;
  const next = { ArrowDown: here < last ? here + 1 : 0, ArrowUp: here > 0 ? here - 1 : last, Home: 0, End: last }[event.key];
  if (here < 0 || next === undefined) return;
  event.preventDefault();
  items[next].focus();
}

const itemsOf = (menu) => [...menu.querySelectorAll(".dropdown-item:not(:disabled, [hidden])")];

// Choosing something closes the menu, unless it is a pop-up with a form.
document.addEventListener("click", (event) => {
  const menu = event.target.closest(".dropdown-item")?.closest("[popover]");
  if (menu?.matches(":popover-open") && !event.target.closest("[data-stay]")) menu.hidePopover();
});

// The page moves under an open menu: it goes rather than float about. Scrolling inside the menu is no reason.
document.addEventListener("scroll", (event) => {
  for (const menu of document.querySelectorAll(".dropdown-menu:popover-open:not(.pl-pop)")) {
    if (!menu.contains(event.target)) menu.hidePopover();
  }
}, { capture: true, passive: true });
