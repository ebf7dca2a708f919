// Which tests are shown, by what the form says; the form is kept in the page's address, so that a view can be linked to.
"use strict";
const filtering = {
  start(onChange, onOpen) {
    this.form = document.getElementById("filter");
    const { columns, suites } = report.data;
    this.fill("suite", suites);
    ["implementation", "python", "loop"].forEach((name, place) =>
      this.fill(name, [...new Set(columns.map((column) => column[place]))]),
    );
    this.onChange = onChange;
    this.onOpen = onOpen;
    this.form.addEventListener("input", () => this.changed());
    // A list that is set by a program, such as an assistive one, may tell of that alone.
    this.form.addEventListener("change", (event) => event.target.tagName === "SELECT" && this.changed());
    this.form.addEventListener("reset", () => setTimeout(() => this.changed()));
    this.form.addEventListener("submit", (event) => event.preventDefault());
    window.addEventListener("hashchange", () => this.fromAddress());
    this.fromAddress();
  },

  fill(name, values) {
    this.form.elements[name].append(...values.map((value) => element("option", { value }, value)));
  },

  // The form as it is now.
  state() {
    const given = new FormData(this.form);
    const words = given.get("text").toLowerCase().split(/\s+/).filter(Boolean);
    const only = given.getAll("only");
    return {
      words,
      suite: given.get("suite"),
      chosen: ["implementation", "python", "loop"].map((name) => given.get(name)),
      letters: given.getAll("verdict"),
      differences: only.includes("differences"),
      unexpected: only.includes("unexpected"),
    };
  },

  changed() {
    this.keep();
    this.onChange(this.state());
  },

  // Write the form into the address, and what test is open; typing is no step that one would go back by.
  keep(opened = null) {
    const kept = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) if (value) kept.append(name, value);
    if (opened) kept.append("open", opened);
    const query = kept.toString();
    history.replaceState(null, "", query ? `#tests/${query}` : "#tests");
  },

  // Take the form's values from the address, where it speaks of tests.
  fromAddress() {
    let opened = null;
    const [section, query] = location.hash.slice(1).split(/\/(.*)/s);
    if (section === "tests" && query !== undefined) {
      const given = new URLSearchParams(query);
      for (const field of this.form.elements) {
        if (!field.name) continue;
        if (field.type === "checkbox") field.checked = given.getAll(field.name).includes(field.value);
        else field.value = given.get(field.name) || "";
        if (field.value === "" && field.tagName === "SELECT") field.selectedIndex = 0;
      }
      opened = given.get("open");
      document.getElementById("tests").scrollIntoView();
    }
    this.onChange(this.state());
    if (opened) this.onOpen(opened);
  },

  // The rows and columns to show, and how many verdicts of each letter the columns have before letters are chosen.
  apply(state) {
    const { tests, suites, columns } = report.data;
    const suite = suites.indexOf(state.suite);
    const chosen = columns
      .map((_, number) => number)
      .filter((number) => state.chosen.every((value, place) => !value || columns[number][place] === value));
    const wanted = new Uint8Array(128);
    for (const letter of state.letters) wanted[letter.charCodeAt(0)] = wanted[letter.toLowerCase().charCodeAt(0)] = 1;
    const any = state.letters.length === 0;
    const differs = new Set(["D", "F", "d", "f"].map((letter) => letter.charCodeAt(0)));
    const counts = new Uint32Array(128);
    const rows = [];
    const none = ".".charCodeAt(0);
    for (let row = 0; row < tests.length; row++) {
      if (suite >= 0 && tests[row][0] !== suite) continue;
      if (!state.words.every((word) => report.searched[row].includes(word))) continue;
      let shown = false;
      for (const column of chosen) {
        const code = report.codes[column][row];
        if (code === none) continue;
        const small = code >= 97;
        if (state.unexpected && !small) continue;
        if (state.differences && !small && !differs.has(code)) continue;
        counts[small ? code - 32 : code]++;
        if (any || wanted[code]) shown = true;
      }
      if (shown) rows.push(row);
    }
    // A column in which none of these tests is would be empty.
    const full = chosen.filter((column) => rows.some((row) => report.codes[column][row] !== none));
    return { rows, columns: full, counts, wanted, any };
  },
};
