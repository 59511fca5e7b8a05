// A check as the API tells it, shown: the answer with its claims underlined, each claim with its verdict and evidence.
// Offsets count characters as the server does, which are not those of a JavaScript string.
import { el } from "./dom.js";
import { laidOut } from "./layout.js";

/** The answer as nodes, each claim a link to its card; where offsets do not fit the text, the plain text. */
export function answerNodes(text, claims, cardId) {
  const signs = Array.from(text);
  const fits = claims.every(({ text: words, start, end }) => signs.slice(start, end).join("") === words);
  if (!fits) return [text];
  const nodes = [];
  let place = 0;
  for (const [number, claim] of inOrder(claims)) {
    if (claim.start < place) continue;
    nodes.push(signs.slice(place, claim.start).join(""));
    const href = `#${cardId(number)}`;
    nodes.push(el("a", { class: `claim claim--${claim.label}`, href, title: claim.label }, claim.text));
    nodes.push(el("sup", { class: "claim-number" }, String(number)));
    place = claim.end;
  }
  nodes.push(signs.slice(place).join(""));
  return nodes;
}

/** One claim with its verdict, its reason, its correction and the evidence; `number` counts from 1. */
export function claimCard(claim, number, grounding, cardId) {
  return el(
    "li",
    { class: `claim-card claim-card--${claim.label}`, id: cardId(number), tabindex: -1 },
    cardHead(claim, number),
    el("p", { class: "claim-text" }, claim.text),
    claim.context ? el("p", { class: "claim-context" }, `Read together with: ${claim.context}`) : null,
    claim.reason ? el("p", { class: "claim-reason" }, claim.reason) : null,
    claim.correction ? el("p", { class: "claim-correction" }, el("strong", {}, "Corrected: "), claim.correction) : null,
    ...claim.evidence.map((found) => evidence(found, grounding)),
  );
}

function cardHead(claim, number) {
  const support = claim.label === "unverified" ? null : el("span", {}, `support ${claim.support.toFixed(2)}`);
  return el("div", { class: "claim-card-head" }, el("span", {}, `Claim ${number}`), badge(claim.label), support);
}

/** The badge of a label or an action: a copy of the one that the page brings. */
export function badge(word) {
  const template = document.querySelector(`template[data-badge="${CSS.escape(word)}"]`);
  return template ? template.content.cloneNode(true) : el("span", { class: "badge" }, word);
}

function evidence(found, grounding) {
  const href = documentUrl(found, grounding);
  const title = el("bdi", {}, found.title || found.document_id);
  return el(
    "div",
    { class: "evidence" },
    el("blockquote", { class: "evidence-quote" }, ...laidOut(found.quote, (words) => el("mark", {}, words))),
    el("p", { class: "evidence-source" }, href ? el("a", { href }, title) : title, ` · ${source(found)}`),
  );
}

function source(found) {
  return found.source === "knowledge_base" ? `version ${found.version}` : found.source.replaceAll("_", " ");
}

/** The page of a document in the knowledge base, with the quote marked; what came with the request has none. */
function documentUrl(found, grounding) {
  if (found.source !== "knowledge_base") return null;
  const collections = grounding.revision.split(",").map((name) => name.split("@")[0]).join(",");
  const place = new URLSearchParams({ in: collections, version: found.version, start: found.start, end: found.end });
  const path = found.document_id.split("/").map(encodeURIComponent).join("/");
  return `/console/documents/${path}?${place}`;
}

function inOrder(claims) {
  return claims.map((claim, place) => [place + 1, claim]).sort(([, one], [, other]) => one.start - other.start);
}
