// What was written and is not yet stored by the server. It survives a reload and goes out in order; the same client_id
// every time, so that nothing is stored twice however often it is sent.

const room = document.querySelector("[data-room]").dataset.room;
const NAME = `outbox:${document.body.dataset.user}:${room}`;

export function waiting() {
  try { return JSON.parse(localStorage.getItem(NAME)) ?? []; } catch { return kept; }
}

let kept = [];   // where nothing can be stored: for as long as the page is open

function write(list) {
  kept = list;
  try { list.length ? localStorage.setItem(NAME, JSON.stringify(list)) : localStorage.removeItem(NAME); } catch { /* private mode */ }
}

export const add = (message) => write([...waiting(), message]);
export const remove = (clientId) => write(waiting().filter((each) => each.client_id !== clientId));
export const get = (clientId) => waiting().find((each) => each.client_id === clientId);

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));   // plain http on a local network
  bytes[6] = (bytes[6] & 15) | 64; bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
