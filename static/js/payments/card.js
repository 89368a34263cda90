// Stripe's own card form. What is typed goes to Stripe and never passes through this site.

const form = document.getElementById("card");
const problem = document.getElementById("card-error");
const button = form.querySelector("button");

function say(sentence) {
  problem.querySelector("span").textContent = sentence;
  problem.hidden = !sentence;
}

function start() {
  if (!window.Stripe) {
    document.getElementById("card-loading").hidden = true;
    say("The card form could not be loaded. Look at your connection, then load this page again.");
    return;
  }
  const stripe = window.Stripe(form.dataset.key);
  const theme = matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "stripe";
  const elements = stripe.elements({ clientSecret: form.dataset.secret, appearance: { theme } });
  const fields = elements.create("payment");
  fields.on("ready", () => {
    document.getElementById("card-loading")?.remove();
    button.disabled = false;
  });
  fields.on("loaderror", () => say("The card form could not be loaded. Load this page again."));
  fields.mount("#card-fields");
  form.addEventListener("submit", (event) => pay(event, stripe, elements));
}

async function pay(event, stripe, elements) {
  event.preventDefault();
  button.disabled = true;
  say("");
  // Resolves only when something went wrong; otherwise the browser goes to the return address.
  const confirmParams = { return_url: form.dataset.return };
  const { error } = await stripe.confirmPayment({ elements, confirmParams });
  say(error.message);
  button.disabled = false;
}

start();
