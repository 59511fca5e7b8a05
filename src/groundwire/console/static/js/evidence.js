// The claims of one answer: one is selected at a time, in the text and in the list beside it.

/** Selects claims within the page of an event. */
export class Claims {
  constructor(root) {
    this.root = root;
    this.cards = Array.from(root.querySelectorAll(".claim-card"));
    this.selected = null;
    root.querySelector("#claims").classList.add("is-folded");
    const wanted = /^#claim-(\d+)$/.exec(location.hash)?.[1] ?? root.dataset.worst;
    if (wanted) this.select(Number(wanted));
    root.addEventListener("click", (event) => this.#onClick(event));
  }

  /** Select a claim by its number, counted from 1. */
  select(number, { follow = false } = {}) {
    const card = this.cards[number - 1];
    if (!card) return;
    this.selected = number;
    for (const each of this.cards) each.classList.toggle("is-selected", each === card);
    for (const piece of this.root.querySelectorAll("[data-claims]")) {
      piece.classList.toggle("is-selected", piece.dataset.claims.split(" ").includes(String(number)));
    }
    for (const mark of this.root.querySelectorAll(".claim-mark")) mark.classList.toggle("is-selected", mark.dataset.number === String(number));
    if (!follow) return;
    history.replaceState(history.state, "", `#claim-${number}`);
    card.scrollIntoView({ block: "nearest" });
    this.root.querySelector("#answer .is-selected")?.scrollIntoView({ block: "nearest" });
  }

  /** Select the next claim or the one before; returns what is to be read out. */
  move(step) {
    if (!this.cards.length) return "There is no claim.";
    const place = this.selected === null ? (step > 0 ? 1 : this.cards.length) : this.selected + step;
    this.select(Math.min(Math.max(place, 1), this.cards.length), { follow: true });
    const card = this.cards[this.selected - 1];
    return `Claim ${this.selected}: ${card.querySelector(".badge").textContent.trim()}. ${card.querySelector(".claim-reason").textContent}`;
  }

  #onClick(event) {
    if (!getSelection().isCollapsed) return;
    const link = event.target.closest('a[href^="#claim-"]');
    const piece = event.target.closest("[data-claims]");
    const card = event.target.closest(".claim-card:not(.is-selected)");
    const number = link?.hash.slice(7) ?? piece?.dataset.claims.split(" ")[0] ?? card?.dataset.number;
    if (!number) return;
    if (link) event.preventDefault();
    this.select(Number(number), { follow: true });
  }
}
