// An answer that is pasted in, checked by the API; the outcome is built from data and never from markup.
import { call } from "./api.js";
import { answerNodes } from "./claims.js";
import { el } from "./dom.js";
import { claimList, outcomeHead, skippedList } from "./outcomes.js";
import { sendByKey, terms } from "./playground-terms.js";

const form = document.getElementById("check");
const outcome = document.getElementById("outcome");
const button = form.querySelector("button.primary");
const cardId = (number) => `claim-${number}`;
let latest = 0;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  check(form.elements.question.value.trim(), form.elements.answer.value);
});
sendByKey(form);

for (const example of form.querySelectorAll(".example")) {
  example.addEventListener("click", () => {
    form.elements.question.value = example.dataset.question;
    form.elements.answer.value = example.dataset.answer;
    form.requestSubmit();
  });
}

async function check(question, answer) {
  const mine = ++latest;
  button.disabled = true;
  try {
    const reply = await call("POST", "/check", { answer, ...(question ? { question } : {}), ...terms(form) });
    if (mine === latest) show(answer, reply);
  } catch (error) {
    if (mine === latest) outcome.replaceChildren(el("p", { class: "flash is-bad", role: "alert" }, error.message));
  } finally {
    if (mine === latest) button.disabled = false;
  }
}

function show(answer, { grounding, text }) {
  const parts = [
    outcomeHead(grounding),
    el("div", { class: "answer" }, ...answerNodes(answer, grounding.claims, cardId)),
    text === answer ? el("p", { class: "soft small" }, "It would be delivered as it is.") : delivered(text),
  ];
  const cards = [
    el("section", { class: "card" }, el("div", { class: "card-body stack" }, ...parts)),
    el("section", {}, el("h2", {}, "Claims"), claimList(grounding, cardId)),
    skippedList(grounding),
    el("p", { class: "soft small" }, took(grounding)),
  ];
  outcome.replaceChildren(...cards.filter(Boolean));
}

function delivered(text) {
  return el("div", {}, el("h2", {}, "Delivered instead"), el("p", { class: "delivered" }, text));
}

function took({ revision, timing_ms: timing }) {
  const total = timing.total ?? Object.values(timing).reduce((sum, value) => sum + value, 0);
  return `Checked against ${revision || "no collection"} in ${Math.round(total)} ms.`;
}
