// One WebSocket that stays: reconnects with growing, jittered pauses, notices a dead line by its own heartbeat, and says
// honestly whether it is live. The socket is a hint: whoever listens asks the server for what it missed on every "open".

const BEAT = 20000, ANSWER = 8000, LONGEST = 15000;
const FINAL = [4401, 4403, 4404];

export class Live extends EventTarget {
  constructor(url) {
    super();
    this.url = url;
    this.tries = 0;
    addEventListener("online", () => this.retry());
    addEventListener("offline", () => this.lost());
    addEventListener("pagehide", () => { this.over = true; this.socket?.close(1000); });
    addEventListener("pageshow", (event) => { if (event.persisted) { this.over = false; this.retry(); } });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.beat(); });
    this.connect();
  }

  get open() { return this.socket?.readyState === WebSocket.OPEN; }

  connect() {
    clearTimeout(this.timer);
    const socket = this.socket = new WebSocket(this.url);
    socket.onopen = () => { this.tries = 0; this.say("open"); this.rest(); };
    socket.onmessage = (event) => { if (socket === this.socket) { this.rest(); this.say("frame", JSON.parse(event.data)); } };
    socket.onclose = (event) => { if (socket === this.socket) this.closed(event.code); };
  }

  send(frame) {
    if (!this.open) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  closed(code) {
    clearTimeout(this.pulse);
    if (this.over) return;
    if (FINAL.includes(code)) { this.over = true; this.say("final", code); return; }
    this.say("lost");
    // Spread out: after a restart of the server not everybody comes back in the same instant.
    const pause = Math.min(LONGEST, 500 * 2 ** this.tries++) * (0.5 + Math.random() / 2);
    this.timer = setTimeout(() => this.connect(), this.tries === 1 ? Math.random() * 1000 : pause);
  }

  // The line is dead though nobody closed it (a frozen tab, a lost network): give it up and start anew.
  lost() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.closed(1006);
  }

  retry() {
    if (this.over || this.open) return;
    this.tries = 0;
    this.connect();
  }

  rest() {
    clearTimeout(this.pulse);
    this.pulse = setTimeout(() => this.beat(), BEAT);
  }

  beat() {
    if (!this.send({ type: "ping" })) return;
    clearTimeout(this.pulse);
    this.pulse = setTimeout(() => this.lost(), ANSWER);
  }

  say(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }
}

export function address(path) {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url;
}

// A fragment takes the place of the element that has its id.
export function swap(html) {
  const parsed = document.createElement("template");
  parsed.innerHTML = html;
  for (const fresh of parsed.content.children) {
    const old = document.getElementById(fresh.id);
    if (!old) continue;
    const node = document.importNode(fresh, true);
    old.replaceWith(node);
    window.htmx?.process(node);
    node.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: node } }));
  }
}
