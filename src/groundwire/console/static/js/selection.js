// Words of the answer: which of them are selected, and choosing a sentence with the arrow keys alone.
// The server counts characters, a browser UTF-16 units: an emoji is one of the former and two of the latter.

/** The selected part of a text element as `{start, end}` in characters, or null where nothing of it is selected. */
export function selectedSpan(element) {
  const selection = getSelection();
  if (!element || !selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!range.intersectsNode(element)) return null;
  const inside = within(range, element);
  const before = document.createRange();
  before.setStart(element, 0);
  before.setEnd(inside.startContainer, inside.startOffset);
  const start = Array.from(before.toString()).length;
  const end = start + Array.from(inside.toString()).length;
  return end > start ? { start, end } : null;
}

function within(range, element) {
  const inside = range.cloneRange();
  if (!element.contains(range.startContainer)) inside.setStart(element, 0);
  if (!element.contains(range.endContainer)) inside.setEnd(element, element.childNodes.length);
  return inside;
}

/** Chooses one sentence after the other: each is selected as if by mouse. */
export class SentenceChooser {
  constructor(element) {
    this.element = element;
    this.sentences = sentencesOf(element.textContent);
    this.place = -1;
  }

  /** Select the sentence so many further on (or back) and return its words; null where there is none at all. */
  move(step) {
    if (!this.sentences.length) return null;
    this.place = Math.min(Math.max(this.place + step, 0), this.sentences.length - 1);
    const [start, end] = this.sentences[this.place];
    const [first, from] = pointAt(this.element, start);
    const [last, to] = pointAt(this.element, end);
    getSelection().setBaseAndExtent(first, from, last, to);
    first.parentElement.scrollIntoView({ block: "nearest" });
    return this.element.textContent.slice(start, end);
  }
}

/** The places of the sentences in UTF-16 units, without the white space around them. */
function sentencesOf(text) {
  const pieces =
    "Segmenter" in Intl
      ? Array.from(new Intl.Segmenter("en", { granularity: "sentence" }).segment(text), ({ segment, index }) => [index, segment])
      : Array.from(text.matchAll(/[^.!?\n]+[.!?]*/g), (found) => [found.index, found[0]]);
  return pieces
    .map(([start, piece]) => [start + piece.length - piece.trimStart().length, start + piece.trimEnd().length])
    .filter(([start, end]) => end > start);
}

/** The text node and the place in it that lie so many units into the element. */
function pointAt(element, units) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let left = units;
  let last = [element, 0];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (left <= node.length) return [node, left];
    left -= node.length;
    last = [node, node.length];
  }
  return last;
}
