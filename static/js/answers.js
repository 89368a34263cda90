// What htmx may put into the page. A refusal (400 and up) is a fragment that says what to correct and is swapped in; a
// whole page (404, a stale form's 403, a crash) never lands inside another one: it becomes a notice.
import { toast } from "./toast.js";

const isPage = (xhr) => /^\s*<!doctype/i.test(xhr.responseText);

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status >= 400 && isPage(xhr)) event.detail.shouldSwap = false;
});

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.status >= 500) toast("That did not work on our side. Nothing was changed. Try again.");
  else if (isPage(xhr)) toast(xhr.status === 404 ? "That is not here any more." : "That was refused. Reload the page, then try again.");
});

document.addEventListener("htmx:sendError", () => toast("No connection. Nothing was changed. Try again in a moment."));
