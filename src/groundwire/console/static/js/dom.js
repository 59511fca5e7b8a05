// Elements from data. Text only ever becomes text, whatever it holds.

/** Make an element: `el("a", { class: "button", href }, "Open")`; children are nodes or texts, null is passed over. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}
