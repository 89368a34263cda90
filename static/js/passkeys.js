// Says what happened when the device did not give a passkey; allauth's script would only write to the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const place = document.getElementById("passkey-problem");
  place.className = "pl-note pl-note--clay mt-3";
  place.textContent = "Your device did not give a passkey. Try again, or take another way.";
});
