// A question before something that can't be undone.
import { el } from "./dom.js";

/** Ask; resolves to whether the person agreed. `deed` is the word on the button. */
export function confirmed(title, text, deed) {
  const dialog = el(
    "dialog",
    { "aria-labelledby": "confirm-title" },
    el("h2", { id: "confirm-title" }, title),
    el("p", { class: "soft" }, text),
    el(
      "form",
      { method: "dialog", class: "row" },
      el("button", { value: "no", autofocus: true }, "Cancel"),
      el("button", { value: "yes", class: "danger" }, deed),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
