// A fragment is the same for every viewer. What is mine, what is for me and what is over is painted here.
//   data-only="IDS"  for these people     data-not="IDS"  for everybody but these     data-until / data-after  times

const me = document.body.dataset.user;
const hasPoints = document.querySelector("[data-points]") !== null;
const names = (list) => list.split(" ");

export function paint(root) {
  const all = (selector) => [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];
  for (const message of all("[data-author]")) {
    const isPlainMine = message.dataset.author === me && !message.classList.contains("pl-msg--question") && !message.dataset.replyTo;
    message.classList.toggle("pl-msg--own", isPlainMine);
  }
  for (const name of all(`[data-name-of="${me}"]`)) name.textContent = name.dataset.you ?? "You";
  for (const piece of all("[data-only]")) piece.hidden = !names(piece.dataset.only).includes(me);
  for (const piece of all("[data-not]")) piece.hidden = names(piece.dataset.not).includes(me) || (piece.dataset.needs === "points" && !hasPoints);
  for (const mention of all(".pl-mention")) mention.classList.toggle("is-me", mention.dataset.username === document.body.dataset.username);
  expire(root);
}

// A claim ends by itself: "Ben is answering" goes when its time is over, without anybody telling us.
export function expire(root = document, now = Date.now()) {
  for (const piece of root.querySelectorAll("[data-until]")) piece.hidden = Date.parse(piece.dataset.until) <= now;
  for (const piece of root.querySelectorAll("[data-after]")) piece.hidden = Date.parse(piece.dataset.after) > now;
}

setInterval(expire, 5000);
