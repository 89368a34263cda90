// The connection to one page of the other person. "Perfect negotiation" as in the WebRTC specification, section 10.7: both
// may offer at any time; of two offers at once the polite one takes back the own. Only the first offer is never the
// polite one's: Chromium cannot take back a line for data that stood at another place in its own offer.

export class Peer extends EventTarget {
  constructor({ theirs, polite, servers, say }) {
    super();
    Object.assign(this, { theirs, polite, say });
    this.offering = this.ignoring = this.answering = false;
    this.senders = {};
    this.sent = {};
    this.stream = new MediaStream();
    this.line = new RTCPeerConnection({ iceServers: servers });
    this.line.onnegotiationneeded = () => this.offer();
    this.line.onicecandidate = ({ candidate }) => { if (candidate?.candidate) this.say({ candidate }); };
    this.line.onconnectionstatechange = () => this.tell("state");
    this.line.ontrack = ({ track }) => { this.stream.addTrack(track); this.tell("track"); };
    if (!polite) this.start();
  }

  // What is on and what is off goes directly, not by the server.
  start() {
    this.news = this.line.createDataChannel("news", { negotiated: true, id: 0 });
    this.news.onopen = () => this.report();
    this.news.onmessage = ({ data }) => this.tell("news", JSON.parse(data));
    return this.send();
  }

  get state() { return this.line.connectionState; }

  tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }

  async offer() {
    try {
      this.offering = true;
      await this.line.setLocalDescription();
      this.say({ description: this.line.localDescription });
    } catch (error) {
      this.unlessClosed(error);
    } finally {
      this.offering = false;
    }
  }

  // What comes late, to a line that was closed meanwhile, is nobody's any more.
  hear(signal) { return this.take(signal).catch((error) => this.unlessClosed(error)); }
  unlessClosed(error) { if (this.state !== "closed") throw error; }

  async take({ description, candidate }) {
    if (candidate) return this.line.addIceCandidate(candidate).catch((error) => { if (!this.ignoring) throw error; });
    const ready = !this.offering && (this.line.signalingState === "stable" || this.answering);
    this.ignoring = !this.polite && description.type === "offer" && !ready;
    if (this.ignoring) return;
    this.answering = description.type === "answer";
    await this.line.setRemoteDescription(description);
    this.answering = false;
    if (description.type !== "offer") return;
    if (!this.news) await this.start();
    await this.line.setLocalDescription();
    this.say({ description: this.line.localDescription });
  }

  // Send these tracks from now on; nothing in place of one that is missing.
  async send({ microphone, picture } = this.sent) {
    this.sent = { microphone, picture };
    if (this.news) await Promise.all([this.put("audio", microphone), this.put("video", picture)]);
  }

  async put(kind, track) {
    if (this.senders[kind]) return this.senders[kind].replaceTrack(track);
    if (track) this.senders[kind] = this.line.addTrack(track);
  }

  report(news = this.told) {
    this.told = news;
    if (this.news?.readyState === "open") this.news.send(JSON.stringify(news));
  }

  // New credentials, and a new search for a way.
  restart(servers) {
    if (this.state === "closed") return;
    this.line.setConfiguration({ iceServers: servers });
    this.line.restartIce();
  }

  close() {
    this.line.onconnectionstatechange = null;
    this.line.close();
  }
}
