// The built-in call of a paid session, in a tab of its own.
import { Live, address } from "./live.js";
import { attend } from "./call.js";

const { session, back } = document.getElementById("paid-call").dataset;
const live = new Live(address(`/api/help/sessions/connect?session_id=${session}&format=html`));
live.addEventListener("frame", ({ detail }) => { if (detail.type === "session_updated" && detail.status === "ended") location.assign(back); });
live.addEventListener("final", () => location.assign(back));
attend(live);
