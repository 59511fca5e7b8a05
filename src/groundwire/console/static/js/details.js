// What a reviewer says beside the judgement: a correction, the right passage, what is the matter with the documents.
import { call } from "./api.js";
import { el } from "./dom.js";
import { laidOut } from "./layout.js";

/** The form; a page for readers has none, and then nothing is said. */
export class Details {
  constructor(root) {
    this.form = root.querySelector("#details");
    this.fold = root.querySelector("#more");
    this.passages = root.querySelector("#passages");
    if (!this.form) return;
    this.form.addEventListener("submit", (event) => event.preventDefault());
    root.querySelector("#passage-words").addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.search();
    });
  }

  /** Unfold the form and go to its first field. */
  open() {
    this.fold.open = true;
    this.form.elements.corrected.focus();
    this.fold.scrollIntoView({ block: "nearest" });
  }

  /** What goes with a judgement. */
  said() {
    if (!this.form) return {};
    const fields = this.form.elements;
    const chosen = this.form.querySelector('[name="passage"]:checked');
    return {
      corrected: fields.corrected.value.trim() || null,
      evidence: chosen ? chosen.passage : null,
      document_issue: fields.document_issue.value || null,
      note: fields.note.value.trim(),
    };
  }

  /** What is to happen with the judged answer. */
  get wishes() {
    if (!this.form) return { approve: false, saveCase: false };
    return { approve: this.form.elements.approve.checked, saveCase: this.form.elements.save_case.checked };
  }

  /** Look for passages and list them to choose from. */
  async search() {
    const words = this.form.querySelector("#passage-words").value.trim();
    const collection = this.form.querySelector("#passage-collection").value;
    if (!words || !collection) {
      this.passages.replaceChildren(el("li", { class: "small soft" }, words ? "There is no collection yet." : "Write what to look for."));
      return;
    }
    try {
      const found = await call("GET", `/collections/${encodeURIComponent(collection)}/search?${new URLSearchParams({ q: words, k: 5 })}`);
      const items = found.hits.map((hit) => choice(collection, hit));
      this.passages.replaceChildren(...(items.length ? items : [el("li", { class: "small soft" }, "No passage was found.")]));
    } catch (error) {
      this.passages.replaceChildren(el("li", { class: "small", role: "alert" }, error.message));
    }
  }
}

function choice(collection, hit) {
  const box = el("input", { type: "radio", name: "passage" });
  box.passage = { collection, document_id: hit.document_id, version: hit.version, start: hit.start, end: hit.end, quote: hit.text };
  const place = [hit.title || hit.document_id, ...hit.headings].join(" › ");
  return el("li", {}, el("label", {}, box, el("span", {}, el("strong", {}, place), "\n", ...laidOut(hit.text))));
}
