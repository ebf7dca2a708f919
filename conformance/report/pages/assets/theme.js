// The theme that the reader has chosen, before anything is painted; without a choice the system's.
"use strict";
const theme = {
  choices: ["system", "light", "dark"],
  chosen: "system",
  get() {
    try {
      return localStorage.getItem("conformance-theme") || "system";
    } catch {
      return this.chosen; // from disk there may be no storage
    }
  },
  set(choice) {
    this.chosen = choice;
    if (choice === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
    try {
      localStorage.setItem("conformance-theme", choice);
    } catch {
      // then for this visit alone
    }
  },
};
theme.set(theme.get());

document.addEventListener("DOMContentLoaded", () => {
  const button = document.getElementById("theme");
  const label = () => (button.textContent = `Theme: ${theme.get()}`);
  button.addEventListener("click", () => {
    theme.set(theme.choices[(theme.choices.indexOf(theme.get()) + 1) % theme.choices.length]);
    label();
  });
  label();
  button.hidden = false;
});
