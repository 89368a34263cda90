// The helper's dashboard: summons. Who reads along hears only of what is new among them.
import "./ahead.js";
import { follow } from "./offers.js";
import "./summon-clock.js";

// One that was just refused stays until its reason has been read: it goes with the next change.
const refresh = follow({
  address: document.getElementById("incoming").dataset.incoming,
  list: document.getElementById("offers"),
  item: "[data-offer]",
  none: document.getElementById("no-offers"),
  names: ["summon", "summon_closed", "resync"],
});

document.addEventListener("summon:dismissed", () => { refresh(); document.getElementById("incoming-title").focus(); });
// Time runs out without anybody telling.
setInterval(() => { if (document.querySelector("#offers [data-offer]")) refresh(); }, 10000);
