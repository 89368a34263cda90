// The talk in writing on the page of a paid session, over the line that the page follows already. It goes on while the
// session waits and lasts; then it stays to be read.
import { attach } from "./paid-follow.js";
import { catchUp, listen, settle, showSeen, showTyping } from "./summon-talk.js";
import { toast } from "./toast.js";

const LOOK = 10000;
const isOver = () => "over" in document.getElementById("paid").dataset;
const HEARD = {
  message: catchUp, message_updated: catchUp, resync: catchUp, pong: missed,
  seen: ({ number }) => showSeen(number), typing: showTyping, helper_typing: showTyping,
  error: ({ message }) => toast(message),
};

function missed({ version }) {
  if (version > Number(document.getElementById("summon-log")?.dataset.version)) catchUp();
}

attach((live) => {
  listen(live);
  live.addEventListener("open", catchUp);
  live.addEventListener("frame", ({ detail }) => HEARD[detail.type]?.(detail));
});

// What somebody has not sent by then stays to be read, and copied.
function close() {
  const form = document.getElementById("summon-say");
  if (!isOver() || !form) return;
  catchUp();
  const { content } = form.elements;
  if (!content.value.trim()) return document.getElementById("summon-send").remove();
  content.readOnly = true;
  for (const each of form.querySelectorAll("button, .pl-attach")) each.remove();
}

document.addEventListener("paid:shown", close);
document.addEventListener("summon:said", catchUp);
setInterval(() => { if (!isOver() && !document.hidden) catchUp(); }, LOOK);
settle();
