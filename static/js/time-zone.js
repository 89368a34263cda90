// Sign-up: tells the server in which zone the person is. Without it they have UTC and can choose one in the settings.
const field = document.querySelector("input[data-time-zone]");
if (field) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
