// Receives pushes while no page is open, shows them, and does what is pressed on the lock screen. It keeps no pages.
const FAREWELL = 1500;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("push", (event) => event.waitUntil(receive(event.data?.json() ?? {})));
self.addEventListener("notificationclick", (event) => {
  const { notification, action } = event;
  notification.close();
  if (notification.data.closing) return;
  const chosen = notification.data.actions?.find(({ name }) => name === action);
  event.waitUntil(chosen ? act(chosen, notification) : open(notification.data.url));
});

const shown = (tag) => self.registration.getNotifications({ tag });
const pause = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

function receive(given) {
  return given.closing ? withdraw(given) : show(given);
}

function show({ title, body, tag, url, icon, device, actions = [], stays = false }) {
  return self.registration.showNotification(title, {
    body, tag, icon,
    renotify: true,
    requireInteraction: stays,
    actions: actions.map(({ name, label }) => ({ action: name, title: label })),
    data: { title, url, icon, device, actions },
  });
}

// We subscribed with userVisibleOnly, as browsers demand: a push that shows nothing makes them show a notice of their
// own ("This site was updated in the background"), and lose the subscription in the end. So what is taken back is
// replaced by a silent line that says why, and that goes by itself.
async function withdraw({ title, tag, icon }) {
  await self.registration.showNotification(title, { tag, icon, silent: true, data: { closing: true } });
  await pause(FAREWELL);
  for (const each of await shown(tag)) if (each.data.closing) each.close();
}

// The address proves by itself for whom it is, as long as this device is theirs; on a locked phone nobody can sign in first.
async function act(chosen, notification) {
  const { tag, data } = notification;
  let answer, given;
  try {
    answer = await fetch(chosen.address, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams({ device: data.device }) });
    given = await answer.json();
  } catch {
    return show({ ...data, tag, body: "We could not reach PeerLoop. Press again once you are connected.", stays: true });
  }
  if (answer.ok && given.url) return open(given.url, { ...data, tag, title: given.title });
  if (!answer.ok) return show({ title: given.error, body: data.title, tag, icon: data.icon, url: given.url ?? data.url });
}

async function open(url, otherwise) {
  try {
    await self.clients.openWindow(url);
  } catch {
    // Some browsers allow no window so long after the press. One more press on what we show opens it.
    if (otherwise) await show({ ...otherwise, body: "Open it here.", url, actions: [], stays: true });
  }
}
