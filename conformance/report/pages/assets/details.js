// What native did with a test and what the implementation did, traceback against traceback, in a dialog over the page.
"use strict";
const details = {
  start() {
    this.dialog = document.getElementById("details");
    // The keyboard goes back by itself to where it was.
    this.dialog.addEventListener("close", () => filtering.keep());
    // Outside of it is the dialog itself.
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.dialog.addEventListener("keydown", (event) => this.pressed(event));
  },

  // Open a test's details in a column; without one, where it tells most.
  async open(row, column = null) {
    const columns = report.data.columns.map((_, number) => number).filter((each) => this.verdict(row, each));
    if (!columns.length) return;
    const chosen = column !== null && this.verdict(row, column) ? column : this.telling(row, columns);
    this.shown = { row, columns, column: chosen };
    filtering.keep(`${report.cellName(row, chosen)} ${report.names[row]}`);
    let body;
    try {
      const { part, row: told } = await report.partOf(row);
      if (this.shown.row !== row || this.shown.column !== chosen) return; // another was opened meanwhile
      body = this.body(row, chosen, part, told);
    } catch (error) {
      body = [element("p", { class: "lacking" }, error.message)];
    }
    this.dialog.replaceChildren(this.head(row, columns, chosen), ...body);
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.scrollTop = 0;
    this.dialog.querySelector("[aria-current]").focus();
  },

  // What an address speaks of: a cell's name and a test's id.
  openNamed(named) {
    const [cell, test] = named.split(/ (.*)/s);
    const row = report.names.findIndex((name, each) => name === test && cell.startsWith(`${report.suiteOf(each)}/`));
    if (row < 0) return;
    const column = report.data.columns.findIndex((_, each) => report.cellName(row, each) === cell);
    this.open(row, column < 0 ? null : column);
  },

  verdict(row, column) {
    return report.verdict(report.codes[column][row]);
  },

  telling(row, columns) {
    const rank = (column) => {
      const { letter, expected } = this.verdict(row, column);
      return (expected ? 10 : 0) + "DFICU".indexOf(letter);
    };
    const shown = columns.filter((column) => grid.columns.includes(column));
    return [...(shown.length ? shown : columns)].sort((one, other) => rank(one) - rank(other))[0];
  },

  pressed(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey || event.target.closest("pre")) return;
    const { row, columns, column } = this.shown;
    const next = columns[columns.indexOf(column) + step];
    if (next !== undefined) this.open(row, next);
    event.preventDefault();
  },

  head(row, columns, chosen) {
    const close = element("button", { type: "button", class: "quiet close", "aria-label": "Close" }, "✕");
    close.addEventListener("click", () => this.dialog.close());
    const strip = element("div", { class: "strip", role: "group", "aria-label": "Where it was judged" });
    let last = [];
    let line = null;
    for (const column of columns) {
      const [implementation, version, loop] = report.data.columns[column];
      const other = implementation !== last[0];
      if (other) {
        line = element("div", {}, element("span", { class: "strip-name" }, implementation));
        strip.append(line);
      }
      if (other || version !== last[1]) line.append(element("span", { class: "strip-version" }, version));
      last = [implementation, version];
      const verdict = this.verdict(row, column);
      const said = `${verdict.word}${verdict.expected ? "" : ", unexpected"}, ${implementation} ${version} ${loop}`;
      const button = element("button", { type: "button", "aria-label": said, title: said, "aria-current": column === chosen ? "true" : null }, badge(verdict));
      button.addEventListener("click", () => this.open(row, column));
      line.append(button);
    }
    const owner = `${report.data.classes[report.data.tests[row][1]]}.`;
    return element(
      "header",
      {},
      close,
      element("p", { class: "where" }, report.suiteOf(row)),
      element("h2", { id: "details-test" }, element("span", { class: "g-owner" }, owner), element("wbr"), report.data.tests[row][2]),
      strip,
    );
  },

  body(row, column, part, told) {
    const text = (number) => (number ? part.texts[number - 1] : "");
    const [links, entries] = told;
    const entry = entries.find((each) => each[0] === column);
    const [, reason, baseline, subject, retried, rate] = entry;
    const verdict = this.verdict(row, column);
    const [implementation, version, loop] = report.data.columns[column];
    const cell = report.data.cells.find((each) => each[0] === report.cellName(row, column));
    const sides = [
      this.side("native, the baseline", part, text, baseline),
      subject ? this.side(implementation, part, text, subject) : this.notRun(implementation, verdict),
      retried ? this.side(`${implementation}, once more`, part, text, retried, subject) : null,
    ];
    const link = text(links[cell[1]]);
    return [
      element(
        "p",
        { class: "told" },
        badge(verdict),
        element("b", {}, ` ${verdict.word}`),
        verdict.expected ? "" : element("span", { class: "wrong" }, " – unexpected"),
        ` · ${implementation} on ${version}, ${loop}`,
        rate ? ` · passed ${rate[0]} of ${rate[1]} times` : "",
      ),
      reason ? element("p", {}, text(reason)) : null,
      element("div", { class: "sides" }, ...sides.filter(Boolean)),
      element(
        "dl",
        { class: "facts" },
        link ? this.fact("Source", element("a", { href: link, rel: "noopener noreferrer" }, link.replace(/^.*\/blob\//, ""))) : null,
        this.fact("To run it again", this.command(`${report.data.before} ${quoted(report.names[row])} ${cell[2]}`)),
      ),
    ].filter(Boolean);
  },

  // A result; where `before` is another one with the same details these are not shown twice.
  side(who, part, text, number, before = 0) {
    const [cell, outcome, seconds = 0, cached = 0, detail = 0, output = 0, subtests = [], leaks = [], attempt = 1] = part.results[number - 1];
    const word = report.data.outcomes[outcome];
    const notes = [`${seconds.toFixed(3)} s`, cached ? "from the store" : "run for this report"];
    if (attempt > 1) notes.push(`attempt ${attempt}`);
    const full = text(detail);
    const parts = [];
    const same = before && full && part.results[before - 1][4] === detail;
    if (same) notes.push("the same traceback");
    else if (full) parts.push(this.pre(full, `What ${who} did`));
    for (const [parameters, result, more] of subtests) {
      parts.push(element("h4", {}, `subtest ${parameters}: ${report.data.outcomes[result]}`));
      if (text(more) && !full.includes(text(more))) parts.push(this.pre(text(more), "Subtest"));
    }
    if (text(output)) parts.push(element("h4", {}, "Captured output"), this.pre(text(output), "Captured output"));
    if (leaks.length) parts.push(element("p", { class: "note" }, `Left behind: ${leaks.join(", ")}`));
    return element(
      "div",
      { class: parts.length ? null : "brief" },
      element("h3", {}, who, " ", element("span", { class: `o o-${word}` }, word)),
      element("p", { class: "where" }, report.data.cells[cell][0]),
      element("p", { class: "note" }, notes.join(" · ")),
      ...parts,
    );
  },

  notRun(implementation, verdict) {
    const why = verdict.letter === "U" ? "it is known to make nothing of the implementation’s" : "native does not pass it";
    return element("div", { class: "brief" }, element("h3", {}, implementation, " ", element("span", { class: "o" }, "not run")), element("p", { class: "note" }, why));
  },

  pre(text, label) {
    return element("pre", { tabindex: 0, role: "region", "aria-label": label }, text);
  },

  fact(name, value) {
    return element("div", {}, element("dt", {}, name), element("dd", {}, value));
  },

  command(text) {
    const copy = element("button", { type: "button", class: "quiet" }, "Copy");
    const code = element("code", {}, text);
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text);
        copy.textContent = "Copied";
      } catch {
        // Where that is not allowed the reader can still copy what is selected.
        getSelection().selectAllChildren(code);
      }
    });
    return element("span", { class: "command" }, code, " ", copy);
  },
};

// A word as a shell takes it.
function quoted(word) {
  return /^[\w.@%+=:,/-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}
