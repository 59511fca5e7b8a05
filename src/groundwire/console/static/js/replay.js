// The same answer checked again: which verdicts come out differently now.
import { call } from "./api.js";
import { el } from "./dom.js";

/** Run the replay and show what it found within an element. */
export async function replay(eventId, place) {
  place.replaceChildren(el("p", { class: "soft" }, "Checking …"));
  try {
    const found = await call("POST", `/events/${eventId}/replay`, {});
    place.replaceChildren(...shown(found));
  } catch (error) {
    place.replaceChildren(el("p", { role: "alert" }, error.message));
  }
}

function shown(found) {
  if (!found.after) return [el("p", {}, found.refusal?.reason ?? "The answer could not be checked again.")];
  const flips = found.claims.filter((claim) => claim.before && claim.after && claim.before !== claim.after);
  const decision = found.before.action === found.after.action ? `Still: ${found.after.action}.` : `Was ${found.before.action}, would now be ${found.after.action}.`;
  const basis = `Policy ${found.policy}${found.revision ? `, ${found.revision}` : ""}.`;
  return [
    el("p", {}, el("strong", {}, decision), " ", el("span", { class: "soft small" }, basis)),
    flips.length
      ? el("ul", { class: "ledger" }, ...flips.map((claim) => el("li", {}, el("span", {}, claim.text), " ", el("span", { class: "soft small" }, `${claim.before} → ${claim.after}. ${claim.why}`))))
      : el("p", { class: "soft" }, "Every claim gets the same label."),
    ...found.notes.map((note) => el("p", { class: "small soft" }, note)),
  ];
}
