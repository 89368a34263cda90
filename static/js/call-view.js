// What is seen of the video call. data-phase says how it stands with this page: idle, invited, joined, later (not now) or
// left; data-chat whether the text is open beside it. The sentences are the template's.

// Why somebody could not join: then another time may suit better.
const REFUSED = ["denied", "missing", "busy", "insecure"];
const CALM = ["asking", "over", "elsewhere"];
const label = () => document.querySelector("[data-call-label]");

export class CallView {
  constructor(box) { this.box = box; }

  static shown() {
    const box = document.getElementById("summon-call");
    return box && (box.callView ??= new CallView(box));
  }

  get phase() { return this.box.dataset.phase; }
  get isElsewhere() { return !this.find("stage"); }
  set phase(phase) {
    this.box.dataset.phase = phase;
    if (label() && !this.isElsewhere && phase !== "joined") label().textContent = this.words({ idle: "start", left: "rejoin" }[phase] ?? "join");
  }

  find(name) { return name === "stage" ? this.box.querySelector(".pl-call__stage") : this.box.querySelector(`[data-${name}]`); }
  words(name) { return this.find("words")?.content.querySelector(`[data-say="${name}"]`)?.textContent ?? ""; }

  // -- being asked -------------------------------------------------------------------------------------------------------

  // Who is writing goes on writing: then the invitation stands above the text. Who said "not now" is not asked again.
  invite(how, { again = false } = {}) {
    if (this.phase === "joined" || (this.phase === "later" && !again)) return;
    if (this.phase !== "invited" && isWriting()) this.openMessages(true);
    if (this.phase === "idle" || again) this.phase = "invited";
    if (this.isElsewhere) return;
    this.find("invitation").textContent = this.words(how);
    if (again) this.box.querySelector("[data-call-join]").focus();
  }

  wait(is) {
    for (const button of [...this.box.querySelectorAll("[data-call-join]"), label()?.closest("button")]) if (button) button.disabled = is;
  }

  // What the person should know, and what to do about it; nothing takes it away again.
  note(name) {
    const note = this.find("note");
    this.find("note-text").textContent = name && this.words(name);
    note.classList.toggle("pl-note--clay", !CALM.includes(name));
    note.hidden = !name;
    this.find("instead")?.toggleAttribute("hidden", !REFUSED.includes(name));
  }

  // -- in the call -------------------------------------------------------------------------------------------------------

  enter() {
    this.phase = "joined";
    this.openMessages(isWriting());
    this.box.querySelector("[data-call-do=screen]").hidden = !navigator.mediaDevices.getDisplayMedia;
    this.find("stage").focus({ preventScroll: true });
  }

  say(name) {
    const status = this.find("status"), text = this.words(name);
    if (status.textContent !== text) status.textContent = text;
    status.classList.toggle("visually-hidden", name === "connected");
    this.find("dot").classList.toggle("pl-dot--on", name === "connected");
  }

  showThem(stream) {
    this.find("theirs").srcObject = stream;
    if (!stream) this.tellThem({ microphone: true, picture: "" });
  }

  tellThem({ microphone, picture }) {
    this.find("theirs").hidden = !picture;
    this.find("face").hidden = Boolean(picture);
    this.find("theirs").classList.toggle("is-screen", picture === "screen");
    this.find("their-silence").hidden = microphone;
  }

  showMe({ microphone, camera, screen, picture }) {
    const mine = this.find("mine");
    if (mine.srcObject?.getVideoTracks()[0] !== picture) mine.srcObject = picture && new MediaStream([picture]);
    mine.hidden = !picture;
    mine.classList.toggle("is-screen", Boolean(screen));
    this.find("my-face").hidden = Boolean(picture);
    for (const [name, isOn] of [["microphone", microphone?.enabled], ["camera", camera], ["screen", screen]]) {
      this.box.querySelector(`[data-call-do=${name}]`).setAttribute("aria-pressed", String(Boolean(isOn)));
    }
  }

  leave(why, { later = false } = {}) {
    const hadFocus = this.box.contains(document.activeElement);
    this.phase = later ? "later" : "left";
    this.find("devices").hidden = true;
    this.showMe({});
    this.note(why);
    if (hadFocus) label()?.closest("button").focus();
  }

  // -- devices -----------------------------------------------------------------------------------------------------------

  chooseDevices(devices) {
    const box = this.find("devices");
    box.hidden = !box.hidden;
    this.box.querySelector("[data-call-do=devices]").setAttribute("aria-expanded", String(!box.hidden));
    if (!box.hidden) this.listDevices(devices).then(() => box.querySelector("select").focus());
  }

  async listDevices(devices) {
    const found = await navigator.mediaDevices.enumerateDevices();
    const used = { videoinput: devices.camera, audioinput: devices.microphone };
    for (const select of this.box.querySelectorAll("[data-device]")) {
      const kind = select.dataset.device, now = used[kind]?.getSettings().deviceId ?? select.value;
      const some = found.filter((each) => each.kind === kind && each.deviceId);
      select.replaceChildren(...some.map(({ deviceId, label: name }, at) => new Option(name || `${select.labels[0].firstChild.data} ${at + 1}`, deviceId, false, deviceId === now)));
      select.disabled = some.length === 0;
    }
    this.find("speaker").hidden = !("setSinkId" in HTMLMediaElement.prototype) || !found.some((each) => each.kind === "audiooutput");
  }

  listenOn(id) { return this.find("theirs").setSinkId(id); }

  // -- the text beside it ------------------------------------------------------------------------------------------------

  toggleMessages() {
    const opens = this.box.dataset.chat === "closed";
    this.openMessages(opens);
    if (opens) document.querySelector("#summon-say textarea")?.focus();
  }

  openMessages(open) {
    this.box.dataset.chat = open ? "open" : "closed";
    this.find("call-messages").setAttribute("aria-expanded", String(open));
    if (open) this.countNews(-Infinity);
    document.dispatchEvent(new CustomEvent("summon:look"));
  }

  countNews(more) {
    const badge = this.find("unread"), isHidden = this.box.dataset.chat === "closed" && ["invited", "joined"].includes(this.phase);
    const count = isHidden ? Math.max(0, Number(badge.dataset.count ?? 0) + more) : 0;
    badge.dataset.count = count;
    badge.textContent = `${count} new`;
    badge.hidden = !count;
  }
}

function isWriting() {
  const field = document.querySelector("#summon-say textarea");
  return Boolean(field && (field.value.trim() || field === document.activeElement));
}
