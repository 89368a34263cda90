// Loaded in the head without defer: it settles light or dark before the first paint.
(() => {
  const root = document.documentElement;
  const device = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => { root.dataset.bsTheme = device.matches ? "dark" : "light"; };
  // The server writes the attribute from the cookie; without one the page follows the device, also when it changes.
  if (!root.dataset.bsTheme) {
    follow();
    device.addEventListener("change", follow);
  }
  const choose = (theme) => {
    device.removeEventListener("change", follow);
    document.cookie = `theme=${theme}; path=/; max-age=${theme ? 31536000 : 0}; samesite=lax`;
    if (theme) root.dataset.bsTheme = theme;
    else follow();
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-theme-toggle]")) choose(root.dataset.bsTheme === "dark" ? "light" : "dark");
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-theme-choice]")) choose(event.target.value);   // "light", "dark" or ""
  });
})();
