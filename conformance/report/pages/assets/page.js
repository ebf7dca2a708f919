// Brings the page to life: everything above is there without it, but for the list of tests.
"use strict";
const MOST_PRINTED = 1000; // rows

function show(state) {
  const found = filtering.apply(state);
  let verdicts = 0;
  for (const span of filtering.form.querySelectorAll("[data-count]")) {
    const letter = span.dataset.count.charCodeAt(0);
    span.textContent = found.counts[letter].toLocaleString("en");
    if (found.any || found.wanted[letter]) verdicts += found.counts[letter];
  }
  document.getElementById("shown").textContent = found.rows.length
    ? `${found.rows.length.toLocaleString("en")} of ${counted(report.data.tests.length, "test")}, ${counted(verdicts, "verdict")}, ${counted(found.columns.length, "column")}`
    : `None of ${counted(report.data.tests.length, "test")} is like that.`;
  grid.show(found);
}

function startPrinting() {
  let closed = [];
  const rest = element("p", { class: "note", hidden: "" }, `Printed are the first ${MOST_PRINTED} of them.`);
  grid.root.after(rest);
  window.addEventListener("beforeprint", () => {
    // What was not expected is printed in full, and of the rest what the reader has opened.
    closed = [...document.querySelectorAll(".full:not([open])")];
    closed.forEach((each) => (each.open = true));
    rest.hidden = grid.rows.length <= MOST_PRINTED;
    grid.printing = true;
    grid.all = grid.rows;
    grid.rows = grid.rows.slice(0, MOST_PRINTED);
    grid.again();
  });
  window.addEventListener("afterprint", () => {
    closed.forEach((each) => (each.open = false));
    rest.hidden = true;
    grid.printing = false;
    grid.rows = grid.all;
    grid.again();
  });
}

function start() {
  document.getElementById("explorer").hidden = false;
  grid.start((row, column) => details.open(row, column));
  details.start();
  filtering.start(show, (named) => details.openNamed(named));
  startPrinting();
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey) return;
    if (details.dialog.open || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    event.preventDefault();
    filtering.form.elements.text.focus();
  });
}

start();
