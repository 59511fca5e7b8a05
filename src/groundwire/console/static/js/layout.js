// Stored text laid out for reading, as layout.py does it: rows of tables as rows, the signs between cells unseen.
import { el } from "./dom.js";

const ROW = /^\s*\|.*(?<!\\)\|\s*$/;
const RULE = /^\s*\|(\s*:?-+:?\s*\|)+\s*$/;

/** The text as nodes that hold each of its characters; `shown` makes a node of what stands in a line or a cell. */
export function laidOut(text, shown = (words) => words) {
  const nodes = [];
  let table = null;
  for (const line of text.match(/[^\n]*\n|[^\n]+/g) ?? []) {
    if (!ROW.test(line)) {
      table = null;
      nodes.push(shown(line));
      continue;
    }
    if (!table) nodes.push((table = el("span", { class: "rows" })));
    table.append(row(line, shown));
  }
  return nodes;
}

function row(line, shown) {
  const bars = Array.from(line.matchAll(/(?<!\\)\|/g), (found) => found.index);
  const cells = bars.slice(1).map((end, place) => {
    const start = place ? bars[place] : 0;
    return el("span", { class: "cell" }, sign(line.slice(start, bars[place] + 1)), shown(line.slice(bars[place] + 1, end)));
  });
  cells.at(-1).append(sign(line.slice(bars.at(-1))));
  return el("span", { class: "cells", hidden: RULE.test(line) }, ...cells);
}

function sign(text) {
  return el("span", { hidden: true }, text);
}
