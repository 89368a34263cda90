// Shows #offline while the browser says that it has no connection. A chat has its own, truer notice and hides this one.

const banner = document.getElementById("offline");
const show = () => { if (banner) banner.hidden = navigator.onLine; };
for (const name of ["online", "offline"]) window.addEventListener(name, show);
show();
