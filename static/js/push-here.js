// This browser's subscription to web push, and what the server knows of it.

const KEPT = () => `push:${document.body.dataset.user}`;

export const isSupported = () => window.isSecureContext && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

export async function current() {
  const registration = await navigator.serviceWorker.getRegistration("/");
  return (await registration?.pushManager.getSubscription()) ?? null;
}

// Subscribed with another key, a browser would hear nothing from us: it starts anew.
export async function subscribe(key) {
  await navigator.serviceWorker.register("/service-worker.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  const old = await pushManager.getSubscription();
  if (old && letters(old.options.applicationServerKey) === key) return old;
  await old?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
}

// Says to the server that this browser is to be pushed to; throws the server's sentence when it refuses.
export async function tell(subscription, address, replaces = "") {
  const { "X-CSRFToken": token } = JSON.parse(document.body.getAttribute("hx-headers"));
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify({ ...subscription.toJSON(), replaces }) });
  if (!answer.ok) throw Object.assign(new Error((await answer.json().catch(() => ({}))).error ?? ""), { status: answer.status });
  keep(subscription.endpoint);
}

// Which address the server was told last by this person in this browser.
export function keep(endpoint) {
  try { if (endpoint) localStorage.setItem(KEPT(), endpoint); else localStorage.removeItem(KEPT()); } catch { /* private mode */ }
}

export function kept() {
  try { return localStorage.getItem(KEPT()) ?? ""; } catch { return ""; }
}

function letters(buffer) {
  const text = String.fromCharCode(...new Uint8Array(buffer ?? new ArrayBuffer(0)));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
