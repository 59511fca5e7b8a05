// The outcome of a check: what was decided, each claim with its evidence, what was left out.
import { badge, claimCard } from "./claims.js";
import { el } from "./dom.js";

/** The line that says what was decided and links to the stored event. */
export function outcomeHead(grounding) {
  const share = `${Math.round(grounding.groundedness * 100)} % grounded`;
  const words = `${share} · policy ${grounding.policy}${grounding.mode === "enforce" ? "" : ` (${grounding.mode})`}`;
  const id = grounding.event_id;
  return el(
    "div",
    { class: "outcome-head" },
    badge(grounding.action),
    badge(grounding.label),
    el("span", { class: "soft small" }, words),
    id ? el("a", { class: "small", href: `/console/events/${encodeURIComponent(id)}` }, "Open the event") : null,
  );
}

/** The cards of all claims; without any, a sentence that says so. */
export function claimList(grounding, cardId) {
  if (!grounding.claims.length) return el("p", { class: "soft" }, "Nothing in this answer asserts what could be checked.");
  return el("ol", { class: "claims" }, ...grounding.claims.map((claim, place) => claimCard(claim, place + 1, grounding, cardId)));
}

/** What was not checked, and why; null where everything was. */
export function skippedList(grounding) {
  const { skipped } = grounding.coverage;
  if (!skipped.length) return null;
  return el(
    "div",
    {},
    el("h2", {}, "Not checked"),
    el("ul", { class: "skipped" }, ...skipped.map(({ what, why }) => el("li", {}, `${what}: ${why}`))),
  );
}
