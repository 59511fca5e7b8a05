// One answer after the other, judged by keyboard: a key decides, and the next answer stands there at once.
import { call } from "./api.js";
import { Details } from "./details.js";
import { confirmed } from "./dialogs.js";
import { Claims } from "./evidence.js";
import { announce } from "./notices.js";
import { NextAnswer } from "./queue.js";
import { replay } from "./replay.js";
import { SentenceChooser, selectedSpan } from "./selection.js";
import { showTimes } from "./times.js";

const NAMES = { right: "right", false_alarm: "false alarm", missed: "missed something", unsure: "not sure" };
const ORDER = ["right", "false_alarm", "missed", "unsure"];
const LETTERS = { r: "right", f: "false_alarm", m: "missed", u: "unsure" };
const LAST = "last-review";
const KEYS_OFF = "review-keys-off";

let page = null;
let isBusy = false;

/** Take up the page of an event that now stands in the document; what comes from the queue is leased already. */
function open({ isLeased = false } = {}) {
  const root = document.getElementById("event");
  const next = root.dataset.queue !== undefined && root.dataset.mayReview ? new NextAnswer(root.dataset.event, root.dataset.queue) : null;
  page = { root, id: root.dataset.event, claims: new Claims(root), details: new Details(root), next, chooser: null };
  if (isLeased) return;
  next?.hold().catch((error) => {
    const notice = document.getElementById("taken");
    notice.textContent = error.message;
    notice.hidden = false;
  });
}

/** Put another event's page in the place of this one. */
function show(url, html, options) {
  const other = new DOMParser().parseFromString(html, "text/html");
  const root = other.getElementById("event");
  if (!root) {
    location.assign(url);
    return;
  }
  page.next?.close();
  document.getElementById("event").replaceWith(document.adoptNode(root));
  document.title = other.title;
  history.pushState(null, "", url);
  showTimes(document.getElementById("event"));
  open(options);
  scrollTo(0, 0);
  document.getElementById("question").focus({ preventScroll: true });
}

async function goOn(said) {
  const found = await page.next.take();
  if (!found) {
    location.assign(`/console/review${page.root.dataset.queue}`);
    return;
  }
  show(found.url, found.html, { isLeased: true });
  speak(`${said} Next answer: ${document.getElementById("question").textContent}`);
}

async function judge(judgement, { isOfClaim = false } = {}) {
  const body = { judgement, ...page.details.said() };
  if (isOfClaim) {
    if (!page.claims.selected) return speak("Select a claim first, with j or k.");
    body.position = page.claims.selected - 1;
  } else if (judgement === "missed") {
    body.span = selectedSpan(document.getElementById("answer"));
    if (!body.span) return choose();
  }
  const review = await kept(body);
  if (!review) return null;
  sessionStorage.setItem(LAST, JSON.stringify({ review: review.id, event: page.id, queue: page.root.dataset.queue ?? null }));
  const isDone = await granted(review);
  const said = `Saved: ${NAMES[judgement]}.`;
  if (isDone) clearNotices();
  announce(isOfClaim ? `${said} Claim ${page.claims.selected}.` : said, "good");
  if (page.next && isDone && !isOfClaim) return goOn(said);
  return refresh();
}

/** Keep the judgement; where somebody else was faster, ask whether both are to stand. Null where it is dropped. */
async function kept(body) {
  const path = `/events/${page.id}/reviews`;
  try {
    return await call("POST", path, body);
  } catch (error) {
    if (error.code !== "already_decided") throw error;
    const isWanted = await confirmed("Somebody was faster", `${error.message} Your judgement: ${NAMES[body.judgement]}.`, "Keep both");
    if (isWanted) return call("POST", path, { ...body, is_addition: true });
    if (page.next) await goOn("Dropped.");
    return null;
  }
}

/** Do what the form asked for beside the judgement; what fails is told, and the judgement stands. */
async function granted(review) {
  const { approve, saveCase } = page.details.wishes;
  const wishes = [
    approve && (() => call("POST", `/reviews/${review.id}/approve`)),
    saveCase && (() => call("POST", "/regression-cases", { event_id: page.id })),
  ];
  let isDone = true;
  for (const grant of wishes.filter(Boolean)) {
    try {
      await grant();
    } catch (error) {
      isDone = false;
      announce(`The judgement is kept, but: ${error.message}`, "bad");
    }
  }
  return isDone;
}

async function refresh() {
  const url = location.href;
  const selected = page.claims.selected;
  const reply = await fetch(url);
  if (!reply.ok) return;
  const other = new DOMParser().parseFromString(await reply.text(), "text/html");
  const history = other.getElementById("history");
  if (!history) return;
  document.getElementById("history").replaceWith(document.adoptNode(history));
  showTimes(document.getElementById("history"));
  if (selected) page.claims.select(selected);
}

function choose() {
  const answer = document.getElementById("answer");
  page.chooser = answer ? new SentenceChooser(answer) : null;
  const sentence = page.chooser?.move(1);
  if (!sentence) {
    page.chooser = null;
    return speak("The answer holds no sentence.");
  }
  announce("Choose the sentence with the arrow keys, then press Enter. Esc leaves.");
  return speak(sentence);
}

async function undo(reviewId) {
  const last = JSON.parse(sessionStorage.getItem(LAST) ?? "null");
  const wanted = reviewId ?? last?.review;
  if (!wanted) return speak("There is nothing to take back.");
  await call("DELETE", `/reviews/${wanted}`);
  if (wanted === last?.review) sessionStorage.removeItem(LAST);
  clearNotices();
  announce("Taken back.", "good");
  if (reviewId || last.event === page.id) return refresh();
  const query = last.queue === null ? "" : `${last.queue || "?"}${last.queue ? "&" : ""}review=1`;
  const url = `/console/events/${last.event}${query}`;
  const reply = await fetch(url);
  if (!reply.ok) return null;
  show(url, await reply.text());
  return speak(`Taken back. ${document.getElementById("question").textContent}`);
}

async function skip() {
  if (!page.next) return null;
  await page.next.skip();
  return goOn("Skipped.");
}

/** Only the newest decision is told: whoever is quick would soon see nothing but messages. */
function clearNotices() {
  document.getElementById("notices").replaceChildren();
}

function speak(text) {
  document.getElementById("spoken").textContent = text;
  return null;
}

const DEEDS = {
  skip,
  undo: () => undo(),
  help: () => document.getElementById("help").showModal(),
  search: () => page.details.search(),
  replay: () => replay(page.id, document.getElementById("replayed")),
};
const KEYS = {
  j: () => speak(page.claims.move(1)),
  k: () => speak(page.claims.move(-1)),
  e: () => page.details.form && page.details.open(),
  n: skip,
  z: () => undo(),
  "?": DEEDS.help,
};

/** Do one thing at a time: a key held down or pressed twice must not judge the next answer. */
async function once(deed) {
  if (isBusy) return;
  isBusy = true;
  try {
    await deed();
  } catch (error) {
    announce(error.message, "bad");
  } finally {
    isBusy = false;
  }
}

function inChooser(event) {
  if (!page.chooser) return false;
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (step) speak(page.chooser.move(step));
  else if (event.key === "Enter") once(() => judge("missed"));
  else if (event.key !== "Escape") return false;
  if (!step) page.chooser = null;
  if (event.key === "Escape") getSelection().removeAllRanges();
  event.preventDefault();
  return true;
}

/** Digits by their place on the keyboard, for some layouts have them only with Shift; letters by what they say. */
function judgementOf(event) {
  const digit = /^(?:Digit|Numpad)([1-4])$/.exec(event.code)?.[1];
  return digit ? ORDER[digit - 1] : LETTERS[event.key.toLowerCase()];
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (inChooser(event) || event.repeat) return;
  const mayJudge = page.root.dataset.mayReview;
  const judgement = judgementOf(event);
  const deed = KEYS[event.key.toLowerCase()];
  if (localStorage.getItem(KEYS_OFF)) return;
  if (deed && (mayJudge || "jk".includes(event.key))) once(deed);
  else if (judgement && mayJudge) once(() => judge(judgement, { isOfClaim: event.shiftKey }));
  else return;
  event.preventDefault();
}

function onClick(event) {
  const button = event.target.closest("button");
  if (!button || !page.root.contains(button)) return;
  if (button.dataset.judge) once(() => judge(button.dataset.judge, { isOfClaim: event.shiftKey }));
  else if (button.dataset.undo) once(() => undo(button.dataset.undo));
  else if (button.dataset.do) once(DEEDS[button.dataset.do]);
}

open();
document.addEventListener("keydown", onKey);
document.addEventListener("click", onClick);
// A press on a button must not take the selection away that it is about.
document.addEventListener("mousedown", (event) => event.target.closest("[data-judge]") && event.preventDefault());
const keysOn = document.getElementById("keys-on");
if (keysOn) {
  keysOn.checked = !localStorage.getItem(KEYS_OFF);
  keysOn.addEventListener("change", () => (keysOn.checked ? localStorage.removeItem(KEYS_OFF) : localStorage.setItem(KEYS_OFF, "1")));
}
addEventListener("popstate", () => location.reload());
addEventListener("pagehide", () => page.next?.leave());
