// What a check is asked to rest on: the fields that both ways of the playground have.
const SOURCE = "playground";

/** The options of the form, as the API and the wire's `grounding` object take them. */
export function terms(form) {
  const fields = new FormData(form);
  const text = String(fields.get("document") ?? "").trim();
  return {
    policy: fields.get("policy") ?? "default",
    collections: fields.getAll("collections"),
    documents: text ? [{ title: "Document of the request", text }] : [],
    metadata: { source: SOURCE },
  };
}

/** Send a form with Ctrl+Enter, or with Enter alone where a line is all that is written. */
export function sendByKey(form, { withEnter = false } = {}) {
  form.addEventListener("keydown", (event) => {
    const isMeant = event.ctrlKey || event.metaKey || (withEnter && !event.shiftKey && event.target.id === "message");
    if (event.key !== "Enter" || event.isComposing || !isMeant) return;
    event.preventDefault();
    form.requestSubmit();
  });
}
