// What all scripts of the page share: the data that data.js brings, and small parts of pages made of text alone.
"use strict";
const report = {
  data: null,
  parts: new Map(), // by number, what was read of it and who waits for it

  // data.js calls this.
  begin(data) {
    this.data = data;
    const count = data.tests.length;
    this.names = data.tests.map(([, owner, name]) => `${data.classes[owner]}.${name}`);
    this.searched = this.names.map((name) => name.toLowerCase());
    this.codes = data.verdicts.map((letters) => {
      const codes = new Uint8Array(count);
      for (let row = 0; row < count; row++) codes[row] = letters.charCodeAt(row);
      return codes;
    });
  },

  // details-N.js calls this.
  take(number, part) {
    this.parts.get(number).resolve(part);
  },

  // The part that a row lies in, read when it is first wanted: a page from disk may load scripts and nothing else.
  async partOf(row) {
    const starts = this.data.parts;
    let number = starts.length - 1;
    while (starts[number] > row) number--;
    if (!this.parts.has(number)) {
      const entry = {};
      entry.promise = new Promise((resolve, reject) => {
        entry.resolve = resolve;
        entry.reject = reject;
      });
      this.parts.set(number, entry);
      const script = document.createElement("script");
      script.src = `details-${number}.js`;
      script.onerror = () => {
        this.parts.delete(number);
        entry.reject(new Error(`${script.src} cannot be read: it belongs beside this page.`));
      };
      document.head.append(script);
    }
    const part = await this.parts.get(number).promise;
    return { part, row: part.rows[row - starts[number]] };
  },

  suiteOf(row) {
    return this.data.suites[this.data.tests[row][0]];
  },

  cellName(row, column) {
    const [implementation, version, loop] = this.data.columns[column];
    return `${this.suiteOf(row)}/${implementation}/${version}/${loop}`;
  },

  // The verdict of a code: a small letter was not expected; null where there is none.
  verdict(code) {
    const sign = String.fromCharCode(code);
    const letter = sign.toUpperCase();
    const word = this.data.letters[letter];
    return word ? { letter, word, expected: sign === letter } : null;
  },
};

// An element with texts and elements in it. Nothing here ever takes text for markup.
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

function badge(verdict) {
  const sign = verdict.letter + (verdict.expected ? "" : "!");
  const classes = `v v-${verdict.letter}${verdict.expected ? "" : " v-not"}`;
  return element("span", { class: classes, "aria-hidden": "true" }, sign);
}

function counted(count, unit) {
  return `${count.toLocaleString("en")} ${unit}${count === 1 ? "" : "s"}`;
}
