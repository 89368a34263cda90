// Forms that somebody waits for (`data-ahead` names their command) go ahead on the open socket: others hear at once. The form
// itself follows, finds done what was done, and brings what is to be shown, or why not.
import { person } from "./me.js";

const PATIENCE = 1000;

document.addEventListener("htmx:confirm", (event) => {
  const { elt, issueRequest } = event.detail;
  if (!elt.dataset.ahead || !person?.send(frameOf(elt))) return;
  event.preventDefault();
  answered(elt.dataset.ahead).then(() => issueRequest(true));
});

function frameOf(form) {
  const { csrfmiddlewaretoken, ...fields } = Object.fromEntries(new FormData(form));
  return { type: form.dataset.ahead, ...fields };
}

function answered(command) {
  return new Promise((resolve) => {
    const heard = ({ detail }) => { if (detail.command === command) done(); };
    const timer = setTimeout(done, PATIENCE);
    person.addEventListener("frame", heard);
    person.addEventListener("lost", done);
    function done() {
      clearTimeout(timer);
      person.removeEventListener("frame", heard);
      person.removeEventListener("lost", done);
      resolve();
    }
  });
}
