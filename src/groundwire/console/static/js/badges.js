// Labels and actions as on the pages that the server makes: a colour, a sign and the word.
import { el } from "./dom.js";

const SIGNS = {
  supported: "M3.5 8.5l3 3 6-7",
  contradicted: "M4 4l8 8M12 4l-8 8",
  unsupported: "M5.5 6a2.5 2.5 0 1 1 3.7 2.2c-.8.5-1.2 1-1.2 1.8M8 12.8v.1",
  unverified: "M4 8h.1M8 8h.1M12 8h.1",
  allow: "M3 8h10M9.5 4.5L13 8l-3.5 3.5",
  flag: "M4 14V2.5M4 3h8l-2 3 2 3H4",
  rewrite: "M3 13l.7-2.9 7-7a1.5 1.5 0 0 1 2.2 2.2l-7 7z",
  block: "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11zM4.2 4.2l7.6 7.6",
};

/** The badge of an action. */
export const actionBadge = (action) => badge(action);

/** The badge of a label. */
export const labelBadge = (label) => badge(label);

function badge(word) {
  return el("span", { class: `badge is-${word}` }, sign(SIGNS[word] ?? ""), word);
}

function sign(path) {
  const namespace = "http://www.w3.org/2000/svg";
  const icon = document.createElementNS(namespace, "svg");
  const attributes = { class: "icon", viewBox: "0 0 16 16", fill: "none", stroke: "currentColor", "aria-hidden": "true" };
  for (const [name, value] of Object.entries(attributes)) icon.setAttribute(name, value);
  const line = document.createElementNS(namespace, "path");
  line.setAttribute("d", path);
  line.setAttribute("stroke-linecap", "round");
  icon.append(line);
  return icon;
}
