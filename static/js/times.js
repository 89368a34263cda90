// <time datetime="…" data-time="ago | clock | day">: in the viewer's zone, and true for as long as the page is open.
// <time data-elapsed="401">6:41</time> counts up. Words are in the page's language, clocks in the browser's manner.

const words = document.documentElement.lang || "en";
// "UTC" is what an account has until its owner chooses a zone; the browser then knows better.
const chosen = document.body.dataset.timeZone;
const timeZone = chosen && chosen !== "UTC" ? chosen : undefined;
const relative = new Intl.RelativeTimeFormat(words, { numeric: "always" });
const near = new Intl.RelativeTimeFormat(words, { numeric: "auto" });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", timeZone });
const full = new Intl.DateTimeFormat(words, { day: "numeric", month: "long", year: "numeric", timeZone });
const exact = new Intl.DateTimeFormat(words, { dateStyle: "full", timeStyle: "short", timeZone });
const key = new Intl.DateTimeFormat("sv", { dateStyle: "short", timeZone });

const STEPS = [["day", 86400], ["hour", 3600], ["minute", 60]];
const MONTH = 30 * 86400;

export function ago(when, now = Date.now()) {
  const seconds = Math.max(0, (now - when) / 1000);
  if (seconds >= MONTH) return full.format(when);
  const step = STEPS.find(([, size]) => seconds >= size);
  return step ? relative.format(-Math.floor(seconds / step[1]), step[0]) : "just now";
}

export function day(when, now = Date.now()) {
  const days = Math.round((Date.parse(key.format(when)) - Date.parse(key.format(now))) / 86400000);
  const name = days === 0 || days === -1 ? near.format(days, "day") : full.format(when);
  return name[0].toUpperCase() + name.slice(1);
}

const WRITE = { ago, day, clock: (when) => clock.format(when) };

export function write(time) {
  const when = Date.parse(time.dateTime);
  if (Number.isNaN(when)) return;
  const text = WRITE[time.dataset.time](when);
  if (time.textContent !== text) time.textContent = text;
  time.title ||= exact.format(when);
}

export function writeAll(root = document) {
  for (const time of root.querySelectorAll?.("time[data-time]") ?? []) write(time);
}

function countUp() {
  for (const time of document.querySelectorAll("time[data-elapsed]:not([data-still])")) {
    // A time stored at first sight, not a count of ticks: a sleeping tab does not tick.
    time.dataset.since ??= Date.now() - time.dataset.elapsed * 1000;
    const seconds = Math.floor((Date.now() - time.dataset.since) / 1000);
    time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}

document.addEventListener("htmx:load", (event) => {
  if (event.target.matches?.("time[data-time]")) write(event.target);
  writeAll(event.target);
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) writeAll(); });
setInterval(writeAll, 30000, document);
setInterval(countUp, 1000);
writeAll();
