// Every page's behaviours; each module looks after itself and works on what htmx brings in later.
import "./menu.js";
import "./dialog.js";
import "./toast.js";
import "./answers.js";
import "./tabs.js";
import "./slider.js";
import "./counter.js";
import "./times.js";
import "./long-press.js";
import "./draft.js";
import "./offline.js";
import "./bell.js";
import "./me.js";
import "./push-renew.js";
