// Browsers change the address at which they are pushed to, and a site may change its key. Once in each visit somebody who
// turned push on in this browser has the server told of the address that holds now.
import { isSupported, keep, kept, subscribe, tell } from "./push-here.js";

const ADDRESS = "/api/push/devices", DONE = "push:renewed";

async function renew() {
  const before = kept();
  if (!before || !isSupported() || Notification.permission !== "granted" || sessionStorage.getItem(DONE)) return;
  const answer = await fetch(ADDRESS);
  if (!answer.ok) return;
  const subscription = await subscribe((await answer.json()).public_key);
  sessionStorage.setItem(DONE, "1");
  if (subscription.endpoint === before) return;
  await tell(subscription, ADDRESS, before).catch(({ status }) => { if (status === 404) keep(""); });
}

if (document.body.dataset.user) renew().catch(() => {});
