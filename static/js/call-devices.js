// What this page takes from the person's devices, and gives back: every track that was handed out is stopped in the end.
// A camera that is off is really off; a microphone that is muted stays open, so that it is there again at once.

const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
const REASONS = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing", OverconstrainedError: "missing", NotReadableError: "busy", AbortError: "busy" };

export const reason = (error) => REASONS[error.name] ?? "missing";

export class Devices extends EventTarget {
  constructor() {
    super();
    this.microphone = this.camera = this.screen = null;
    this.chosen = {};
    this.over = false;
  }

  // What the other one sees: the screen, if it is shared, else the camera.
  get picture() { return this.screen ?? this.camera; }

  // Opens the microphone, and the camera if wanted. Returns why there is no camera; throws if there is no microphone.
  async open(withCamera) {
    if (!navigator.mediaDevices) throw new DOMException("", "InsecureError");
    if (!withCamera) { await this.take("audio"); return ""; }
    try {
      const stream = await this.ask({ audio: this.wish("audio"), video: this.wish("video") });
      this.keep("microphone", stream.getAudioTracks()[0]);
      this.keep("camera", stream.getVideoTracks()[0]);
      return "";
    } catch (error) {
      await this.take("audio");
      return reason(error);
    }
  }

  // Some machines open one camera at a time: the old one is let go first.
  async take(kind) {
    if (kind === "video") this.release("camera");
    const stream = await this.ask({ [kind]: this.wish(kind) });
    this.keep(kind === "audio" ? "microphone" : "camera", stream.getTracks()[0]);
  }

  wish(kind) {
    const deviceId = this.chosen[kind] && { exact: this.chosen[kind] };
    return kind === "audio" ? { deviceId, echoCancellation: true, noiseSuppression: true, autoGainControl: true } : { deviceId, ...PICTURE };
  }

  async ask(wishes) { return this.stillWanted(await navigator.mediaDevices.getUserMedia(wishes)); }

  async share() {
    const stream = this.stillWanted(await navigator.mediaDevices.getDisplayMedia({ video: true, audio: false }));
    this.release("camera");
    this.keep("screen", stream.getVideoTracks()[0]);
  }

  // Who hangs up while the browser still asks gets nothing turned on afterwards.
  stillWanted(stream) {
    if (!this.over) return stream;
    for (const track of stream.getTracks()) track.stop();
    throw new DOMException("", "AbortError");
  }

  keep(name, track) {
    const muted = name === "microphone" && this.microphone && !this.microphone.enabled;
    this.release(name);
    this[name] = track;
    if (muted) track.enabled = false;
    // Taken away by the person or the machine: the browser's own "stop sharing", a plug that was pulled.
    track.addEventListener("ended", () => {
      if (this[name] !== track) return;
      this[name] = null;
      this.dispatchEvent(new CustomEvent("taken", { detail: name }));
    });
  }

  release(name) {
    const track = this[name];
    this[name] = null;
    track?.stop();
  }

  async choose(kind, id) {
    this.chosen[kind] = id;
    if (kind === "audio" || this.camera) await this.take(kind);
  }

  close() {
    this.over = true;
    for (const name of ["microphone", "camera", "screen"]) this.release(name);
  }
}
