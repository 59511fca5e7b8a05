// The answer after this one: it is leased and its page fetched while this one is read.
import { call, csrfHeaders } from "./api.js";

const SKIPPED = "skipped-answers";
const MOST_SKIPPED = 150;
const EXTEND_EVERY_MS = 180_000;

/** Knows which answer is open, which comes next, and keeps both leased. */
export class NextAnswer {
  constructor(eventId, query) {
    this.eventId = eventId;
    this.query = query;
    this.found = null;
    this.timer = setInterval(() => this.#extend(), EXTEND_EVERY_MS);
    this.coming = this.#fetch();
    // Whoever takes it hears of the failure; until then it must not count as unheard.
    this.coming.catch(() => {});
  }

  /** Take or extend the lease of the open answer; fails where somebody else has it. */
  hold() {
    return call("PUT", `/reviews/leases/${this.eventId}`);
  }

  /** The next answer as `{url, html}`, or null where none waits. */
  async take() {
    const found = await this.coming.catch(() => this.#fetch());
    this.found = null;
    return found;
  }

  /** Do not offer the open answer again in this browser, and give it back to others. */
  async skip() {
    const skipped = [this.eventId, ...this.#skipped()].slice(0, MOST_SKIPPED);
    sessionStorage.setItem(SKIPPED, JSON.stringify(skipped));
    await call("DELETE", `/reviews/leases/${this.eventId}`);
  }

  /** Stop extending leases. */
  close() {
    clearInterval(this.timer);
  }

  /** Give everything back while the page goes away. */
  leave() {
    this.close();
    for (const eventId of [this.eventId, this.found]) {
      if (eventId) fetch(`/api/v1/reviews/leases/${eventId}`, { method: "DELETE", headers: csrfHeaders(), keepalive: true });
    }
  }

  async #fetch() {
    const choice = Object.fromEntries(["policy", "model", "app", "label"].map((name) => [name, new URLSearchParams(this.query).getAll(name)]));
    const { item } = await call("POST", "/reviews/next", { ...choice, skip: [this.eventId, ...this.#skipped()] });
    if (!item) return null;
    this.found = item.event_id;
    const url = `/console/events/${item.event_id}${this.query || "?"}${this.query ? "&" : ""}review=1`;
    const reply = await fetch(url);
    if (!reply.ok) throw new Error(`The next answer could not be loaded (status ${reply.status}).`);
    return { url, html: await reply.text() };
  }

  #extend() {
    for (const eventId of [this.eventId, this.found]) {
      if (eventId) call("PUT", `/reviews/leases/${eventId}`).catch(() => {});
    }
  }

  #skipped() {
    return JSON.parse(sessionStorage.getItem(SKIPPED) ?? "[]").filter((eventId) => eventId !== this.eventId);
  }
}
