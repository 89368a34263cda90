// "Tell me on this device", on the page of the notification settings: shows which state is true here, and changes it.
import { current, isSupported, keep, subscribe, tell } from "./push-here.js";

const box = document.getElementById("push");
const isApple = /iPhone|iPad/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);
const SAID = { on: "Push is on on this device.", off: "Push is off on this device.", blocked: "This browser blocks notifications.", failed: "That did not work." };

function show(state, { focus = false, why = "" } = {}) {
  for (const each of box.querySelectorAll("[data-push]")) each.hidden = each.dataset.push !== state;
  if (why) box.querySelector("[data-push-why]").textContent = why;
  if (!focus) return;
  document.getElementById("push-said").textContent = SAID[state] ?? "";
  box.querySelector("[data-push]:not([hidden]) button")?.focus();
}

const rows = () => [...document.querySelectorAll("#push-devices [data-endpoint]")];

async function look() {
  if (!isSupported()) return show(isApple && !navigator.standalone ? "install" : "unsupported");
  if (Notification.permission === "denied") return show("blocked");
  const here = await current().catch(() => null);
  const row = rows().find((each) => each.dataset.endpoint === here?.endpoint);
  const chip = row?.querySelector("[data-this-device]");
  if (chip) chip.hidden = false;
  show(row ? "on" : "off");
}

async function turnOn() {
  if (Notification.permission === "default") show("asking");
  if (await Notification.requestPermission() !== "granted") return show(Notification.permission === "denied" ? "blocked" : "off", { focus: true });
  try {
    await tell(await subscribe(box.dataset.key), box.dataset.add);
  } catch (problem) {
    return show("failed", { focus: true, why: problem.name === "Error" ? problem.message : "" });
  }
  await refresh();
  show("on", { focus: true });
}

// The server first: should the browser's own end fail, nothing arrives all the same.
async function turnOff() {
  const here = await current();
  const row = rows().find((each) => each.dataset.endpoint === here?.endpoint);
  row?.querySelector("form").requestSubmit();
}

async function refresh() {
  await window.htmx.ajax("GET", box.dataset.list, { target: "#push-devices", swap: "outerHTML" });
  await look();
}

document.addEventListener("htmx:afterSettle", async ({ target }) => {
  if (target.id !== "push-devices") return;
  const here = await current().catch(() => null);
  if (here && !rows().some((each) => each.dataset.endpoint === here.endpoint)) {
    keep("");
    await here.unsubscribe().catch(() => false);
    show("off", { focus: true });
  } else look();
});

box.addEventListener("click", (event) => {
  if (event.target.closest("[data-push-on]")) turnOn();
  else if (event.target.closest("[data-push-off]")) turnOff();
});
navigator.permissions?.query({ name: "notifications" }).then((permission) => { permission.onchange = look; }).catch(() => {});
look();
