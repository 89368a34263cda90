// The video call in the panel of a session. Camera and microphone are turned on by a press and by nothing else, and turned
// off whenever the call is not on the screen any more. The server passes on what the two pages say and remembers none of
// it: a page that opens asks who is in the call, and a page that is in it says so again after every new connection.
import { Devices, reason } from "./call-devices.js";
import { Peer } from "./call-peer.js";
import { CallView } from "./call-view.js";
import { toast } from "./toast.js";

const me = document.body.dataset.user;
const PATIENCE = 6000, GIVE_UP = 9000;
const mine = new Set();   // every id under which this page was in the call: what is said of an old one may come late
let live = null, call = null, lastWay = "camera";

function newId() {
  const id = crypto.randomUUID();
  mine.add(id);
  return id;
}

// The socket of the session that is shown, or whose pill is; the same again changes nothing.
export function attend(connection) {
  if (connection === live) return;
  call?.end("over");
  live = connection;
  connection.addEventListener("open", () => { if (connection === live) announce(); });
  connection.addEventListener("final", () => { if (connection === live) call?.end("over"); });
  connection.addEventListener("frame", ({ detail }) => { if (connection === live) HEARD[detail.type]?.(detail); });
  if (connection.open) announce();
}

const announce = () => live.send(call ? { type: "call_join", peer: call.id } : { type: "call_ask" });
const servers = (given) => given.map(({ urls, username, credential }) => (username ? { urls, username, credential } : { urls }));

const HEARD = {
  call_asked: () => { if (call) announce(); },
  call_ready: (ready) => call?.begin(ready),
  call_joined: ({ user_id, peer }) => {
    if (user_id !== me) return call ? call.meet(peer) : invite();
    if (call && !mine.has(peer)) call.end("elsewhere");
  },
  call_signal: (signal) => { if (call && signal.to === call.id) call.hear(signal); },
  call_left: ({ peer }) => (call ? call.lose(peer) : CallView.shown()?.invite("open")),
  // Comes before or after the first `call_joined`, which says more.
  video_started: () => { if (!call && CallView.shown()?.phase === "idle") CallView.shown().invite("open"); },
  session_ended: () => call?.end("", { silently: true }),
  resync: announce,
};

function invite() {
  const view = CallView.shown();
  if (view) view.invite("invites");
  else toast(document.querySelector("#summon-pill[data-call-toast]").dataset.callToast);
}

// -- the call this page is in ----------------------------------------------------------------------------------------------

class Call {
  constructor(view, devices) {
    Object.assign(this, { view, devices, id: newId(), peer: null, theirs: "", ready: null, wasConnected: false });
    devices.addEventListener("taken", ({ detail }) => { this.changed(); if (detail === "microphone") view.note("microphone-lost"); });
    // Whatever takes the call off the screen ends it: the dialog's end, another state of the panel, another page.
    this.watch = new MutationObserver(() => { if (!view.box.isConnected) this.end("over"); });
    this.watch.observe(document.body, { childList: true, subtree: true });
    this.pulse = setInterval(() => this.look(), 1000);
  }

  begin(ready) {
    this.ready = ready;
    if (this.theirs && !this.peer) this.connect();
    else if (this.peer && this.wasConnected && this.peer.state !== "connected") this.peer.restart(servers(ready.ice_servers));
  }

  // Who hears of a page for the first time says that it is there itself; so both know, whoever came first.
  meet(theirs) {
    if (theirs === this.theirs) return;
    this.drop();
    this.theirs = theirs;
    announce();
    if (this.ready) this.connect();
  }

  connect() {
    const { polite, ice_servers } = this.ready;
    const peer = this.peer = new Peer({
      theirs: this.theirs, polite, servers: servers(ice_servers),
      say: (what) => live.send({ type: "call_signal", peer: this.id, to: peer.theirs, ...what }),
    });
    this.tried = false;
    this.since = Date.now();
    peer.addEventListener("state", () => this.look());
    peer.addEventListener("track", () => this.view.showThem(peer.stream));
    peer.addEventListener("news", ({ detail }) => this.view.tellThem(detail));
    this.changed();
    this.look();
  }

  hear(signal) {
    if (signal.peer !== this.theirs) this.meet(signal.peer);
    this.peer?.hear(signal);
  }

  lose(peer) {
    if (peer !== this.theirs) return;
    this.drop();
    this.view.say("absent");
  }

  drop() {
    this.peer?.close();
    this.peer = null;
    this.theirs = "";
    this.wasConnected = false;
    this.view.showThem(null);
  }

  // A line that is lost is searched for anew; if that does not help, both begin from nothing.
  look() {
    if (!this.peer) return;
    if (this.peer.state === "connected") {
      this.wasConnected = true;
      this.since = 0;
      this.tried = false;
      return this.view.say("connected");
    }
    this.since ||= Date.now();
    this.view.say(this.wasConnected ? "reconnecting" : "connecting");
    const lost = Date.now() - this.since, isBroken = ["failed", "closed"].includes(this.peer.state);
    if (!live.open || (lost < PATIENCE && !isBroken)) return;
    if (lost > GIVE_UP || this.peer.state === "closed") return this.renew();
    if (!this.tried) announce();
    this.tried = true;
  }

  renew() {
    this.drop();
    this.id = newId();
    this.view.say("lost");
    announce();
  }

  // Something of one's own was turned on or off.
  changed() {
    const { microphone, camera, screen, picture } = this.devices;
    this.peer?.send({ microphone, picture });
    this.peer?.report({ microphone: Boolean(microphone?.enabled), picture: screen ? "screen" : camera ? "camera" : "" });
    this.view.showMe(this.devices);
  }

  async turn(what) {
    const { devices } = this;
    try {
      if (what === "microphone") {
        if (devices.microphone) devices.microphone.enabled = !devices.microphone.enabled;
        else await devices.take("audio");
      } else if (what === "camera") {
        const wasOn = Boolean(devices.camera);
        if (devices.screen) devices.release("screen");
        if (wasOn) devices.release("camera");
        else await devices.take("video");
      } else if (devices.screen) {
        devices.release("screen");
      } else {
        await devices.share();
      }
      this.view.note("");
    } catch (error) {
      if (!devices.over) this.view.note(what === "screen" ? "screen-denied" : `${what === "camera" ? "camera-" : ""}${reason(error)}`);
    }
    if (!devices.over) this.changed();
  }

  end(why, { silently = false } = {}) {
    if (call !== this) return;
    call = null;
    if (!silently) live?.send({ type: "call_leave", peer: this.id });
    clearInterval(this.pulse);
    this.watch.disconnect();
    this.drop();
    this.devices.close();
    this.view.leave(why);
  }
}

// -- what is pressed ---------------------------------------------------------------------------------------------------------

let joining = null;

async function join(way) {
  const view = CallView.shown();
  if (!view || call || joining) return;
  lastWay = way;
  const devices = joining = new Devices();
  const asking = setTimeout(() => view.note("asking"), 500);
  view.wait(true);
  try {
    const without = await devices.open(way === "camera");
    if (!view.box.isConnected) throw new DOMException("", "AbortError");
    call = new Call(view, devices);
    view.enter();
    view.say("waiting");
    view.note(without && `camera-${without}`);
    call.changed();
    announce();
  } catch (error) {
    devices.close();
    if (view.box.isConnected) view.note(error.name === "InsecureError" ? "insecure" : reason(error));
  } finally {
    joining = null;
    clearTimeout(asking);
    view.wait(false);
  }
}

const DO = {
  leave: () => call?.end("over"),
  devices: () => call?.view.chooseDevices(call.devices),
  microphone: () => call?.turn("microphone"),
  camera: () => call?.turn("camera"),
  screen: () => call?.turn("screen"),
};

document.addEventListener("click", ({ target }) => {
  const way = target.closest?.("[data-call-join]"), what = target.closest?.("[data-call-do]");
  if (way) join(way.dataset.callJoin);
  else if (what) DO[what.dataset.callDo]();
  else if (target.closest?.("[data-call-later]")) CallView.shown()?.leave("", { later: true });
  else if (target.closest?.("[data-call-messages]")) CallView.shown()?.toggleMessages();
});

// The button beneath the talk: opens the call, comes back to it, or shows the ways to join.
document.addEventListener("submit", (event) => {
  const view = event.target.id === "summon-call-start" ? CallView.shown() : null;
  if (!view || view.isElsewhere) return;
  event.preventDefault();
  if (view.phase === "later") view.invite("open", { again: true });
  else join(view.phase === "left" ? lastWay : "camera");
});

document.addEventListener("change", async ({ target }) => {
  if (!call || !target.matches?.("[data-device]")) return;
  const { device } = target.dataset;
  if (device === "audiooutput") return call.view.listenOn(target.value);
  const { devices, view } = call;
  try {
    await devices.choose(device === "audioinput" ? "audio" : "video", target.value);
    view.note("");
  } catch (error) {
    if (!devices.over) view.note(device === "videoinput" ? `camera-${reason(error)}` : reason(error));
  }
  call?.changed();
});

navigator.mediaDevices?.addEventListener("devicechange", () => call?.view.listDevices(call.devices));
document.addEventListener("summon:news", ({ detail }) => CallView.shown()?.countNews(detail));
// Before the socket closes with the page, so that the other one hears of it.
addEventListener("pagehide", () => { joining?.close(); call?.end("over"); }, { capture: true });
