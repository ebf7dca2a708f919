// The tests and their verdicts: of a hundred thousand only those are made that can be seen.
"use strict";
const grid = {
  beyond: 8, // so many rows are made above and below what can be seen
  rows: [],
  columns: [],
  active: { place: 0, column: -1 }, // where the keyboard is; -1 is the test's name
  made: new Map(),

  start(onOpen) {
    this.root = document.getElementById("grid");
    this.head = element("div", { role: "rowgroup", class: "g-head" });
    this.body = element("div", { role: "rowgroup", class: "g-body" });
    this.root.append(this.head, this.body);
    this.onOpen = onOpen;
    this.root.addEventListener("scroll", () => this.soon(), { passive: true });
    window.addEventListener("resize", () => this.soon());
    this.root.addEventListener("click", (event) => this.clicked(event));
    this.root.addEventListener("keydown", (event) => this.pressed(event));
  },

  // Show other rows and columns; `found` is what filtering.apply returned.
  show(found) {
    Object.assign(this, { rows: found.rows, columns: found.columns, found });
    this.active = { place: 0, column: Math.min(this.active.column, this.columns.length - 1) };
    this.root.setAttribute("aria-rowcount", this.rows.length + 1);
    this.root.setAttribute("aria-colcount", this.columns.length + 1);
    this.root.scrollTop = 0;
    this.makeHead();
    this.again();
  },

  again() {
    this.made.forEach((row) => row.remove());
    this.made.clear();
    this.draw();
  },

  soon() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      this.draw();
    });
  },

  draw() {
    const style = getComputedStyle(this.root);
    const high = parseFloat(style.getPropertyValue("--row"));
    if (high !== this.high) {
      // The rows of a narrow screen are higher.
      this.high = high;
      this.made.forEach((row) => row.remove());
      this.made.clear();
    }
    this.body.style.height = `${this.rows.length * high}px`;
    // The names have what the verdicts leave.
    const cell = parseFloat(style.getPropertyValue("--cell"));
    this.root.style.setProperty("--room", `${this.root.clientWidth - this.columns.length * cell}px`);
    this.root.style.setProperty("--columns", this.columns.length);
    const first = Math.max(0, Math.floor(this.root.scrollTop / high) - this.beyond);
    const seen = this.printing ? this.rows.length : Math.ceil(this.root.clientHeight / high) + 2 * this.beyond;
    const last = Math.min(this.rows.length, first + seen);
    for (const [place, row] of this.made) {
      if ((place < first || place >= last) && place !== this.active.place) {
        row.remove();
        this.made.delete(place);
      }
    }
    const added = document.createDocumentFragment();
    for (let place = first; place < last; place++) if (!this.made.has(place)) added.append(this.makeRow(place));
    if (this.rows.length && !this.made.has(this.active.place)) added.append(this.makeRow(this.active.place));
    this.body.append(added);
  },

  makeHead() {
    const { columns } = report.data;
    const line = (part, title) => {
      const row = element("div", { class: `g-row g-${title}`, "aria-hidden": title === "loop" ? null : "true" });
      row.append(element("span", { class: "g-name", role: title === "loop" ? "columnheader" : null }, title === "loop" ? "Test" : ""));
      let last = null;
      for (const column of this.columns) {
        const key = JSON.stringify(columns[column].slice(0, part + 1));
        if (last && last.key === key) {
          last.count += 1;
        } else {
          const text = element("span", {}, columns[column][part]);
          last = { key, count: 1, made: element("span", { class: "g-group", title: columns[column].slice(0, part + 1).join(" ") }, text) };
          if (title === "loop") {
            last.made.setAttribute("role", "columnheader");
            last.made.setAttribute("aria-label", columns[column].join(" "));
          }
          row.append(last.made);
        }
        last.made.style.setProperty("--span", last.count);
        last.made.classList.toggle("upright", last.count === 1);
      }
      if (title === "loop") row.setAttribute("role", "row");
      return row;
    };
    this.head.replaceChildren(line(0, "implementation"), line(1, "python"), line(2, "loop"));
  },

  makeRow(place) {
    const row = this.rows[place];
    const [suite, owner, name] = report.data.tests[row];
    const several = report.data.suites.length > 1;
    const made = element("div", { role: "row", class: "g-row", "aria-rowindex": place + 2 });
    if (!this.printing) made.style.transform = `translateY(${place * this.high}px)`;
    const title = element(
      "span",
      { class: "g-name", role: "rowheader", tabindex: this.tabindex(place, -1), "data-place": place, "data-column": -1, title: report.names[row] },
      several ? element("span", { class: "g-suite" }, report.data.suites[suite]) : null,
      // The suite says which module it is.
      element("span", { class: "g-owner" }, `${report.data.classes[owner].replace(/^[^.]*\./, "")}.`),
      element("span", { class: "g-test" }, name),
    );
    made.append(title);
    this.columns.forEach((column, number) => made.append(this.makeCell(place, row, column, number)));
    this.made.set(place, made);
    return made;
  },

  makeCell(place, row, column, number) {
    const code = report.codes[column][row];
    const verdict = report.verdict(code);
    const attributes = { role: "gridcell", class: "g-cell", tabindex: this.tabindex(place, number), "data-place": place, "data-column": number };
    const where = report.data.columns[column].join(" ");
    if (!verdict) return element("span", { ...attributes, "aria-label": `no verdict, ${where}` });
    const said = `${verdict.word}${verdict.expected ? "" : ", unexpected"}, ${where}`;
    const faded = !this.found.any && !this.found.wanted[code];
    return element("span", { ...attributes, class: faded ? "g-cell faded" : "g-cell", "aria-label": said, title: said }, badge(verdict));
  },

  tabindex(place, column) {
    return place === this.active.place && column === this.active.column ? 0 : -1;
  },

  clicked(event) {
    const target = event.target.closest("[data-place]");
    if (!target) return;
    this.move(Number(target.dataset.place), Number(target.dataset.column));
    this.open();
  },

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { place, column } = this.active;
    const page = Math.max(1, Math.floor(this.root.clientHeight / this.high) - 4);
    const moves = {
      ArrowDown: [place + 1, column],
      ArrowUp: [place - 1, column],
      ArrowRight: [place, column + 1],
      ArrowLeft: [place, column - 1],
      PageDown: [place + page, column],
      PageUp: [place - page, column],
      Home: [0, column],
      End: [this.rows.length - 1, column],
    };
    if (event.key === "Enter" || event.key === " ") this.open();
    else if (moves[event.key]) this.move(...moves[event.key]);
    else return;
    event.preventDefault();
  },

  // Go to a place of the grid, and have it in view.
  move(place, column) {
    if (!this.rows.length) return;
    this.current()?.setAttribute("tabindex", -1);
    this.active = {
      place: Math.max(0, Math.min(place, this.rows.length - 1)),
      column: Math.max(-1, Math.min(column, this.columns.length - 1)),
    };
    const top = this.active.place * this.high;
    const room = this.root.clientHeight - this.head.offsetHeight;
    if (top < this.root.scrollTop) this.root.scrollTop = top;
    else if (top + this.high > this.root.scrollTop + room) this.root.scrollTop = top + this.high - room;
    this.draw();
    const current = this.current();
    current.setAttribute("tabindex", 0);
    current.focus({ preventScroll: true });
    if (this.active.column >= 0) this.reveal(current);
  },

  // Sideways, past the names that stay where they are.
  reveal(cell) {
    const names = this.made.get(this.active.place).firstChild;
    const beside = getComputedStyle(names).position === "sticky" ? names.offsetWidth : 0;
    const left = cell.offsetLeft - beside;
    const right = cell.offsetLeft + cell.offsetWidth - this.root.clientWidth;
    if (left < this.root.scrollLeft) this.root.scrollLeft = left;
    else if (right > this.root.scrollLeft) this.root.scrollLeft = right;
  },

  current() {
    const { place, column } = this.active;
    return this.made.get(place)?.children[column + 1];
  },

  open() {
    const { place, column } = this.active;
    if (this.rows.length) this.onOpen(this.rows[place], column < 0 ? null : this.columns[column]);
  },
};
