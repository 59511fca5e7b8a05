// A chat through this server's own proxy: text is shown as it is released, the check when it comes.
import { csrfHeaders } from "./api.js";
import { answerNodes } from "./claims.js";
import { el } from "./dom.js";
import { claimList, outcomeHead, skippedList } from "./outcomes.js";
import { sendByKey, terms } from "./playground-terms.js";
import { askToSignIn, isSignedIn } from "./session.js";
import { events } from "./streams.js";

const WIRE = "/console/playground/v1";
const form = document.getElementById("ask");
const turns = document.getElementById("turns");
const nothing = document.getElementById("no-turns");
const send = document.getElementById("send");
const stop = document.getElementById("stop");
let conversation = [];
let running = null;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const message = form.elements.message.value.trim();
  if (message && !running) ask(message);
});
sendByKey(form, { withEnter: true });
stop.addEventListener("click", () => running?.abort());
document.getElementById("anew").addEventListener("click", () => {
  running?.abort();
  conversation = [];
  turns.replaceChildren();
  nothing.hidden = false;
  form.elements.message.focus();
});
for (const example of nothing.querySelectorAll(".example")) {
  example.addEventListener("click", () => {
    form.elements.message.value = example.dataset.question;
    form.requestSubmit();
  });
}
offerModels();

async function offerModels() {
  try {
    const reply = await fetch(`${WIRE}/models`);
    const { data } = await reply.json();
    const names = data.map(({ id }) => id);
    document.getElementById("models").replaceChildren(...names.map((value) => el("option", { value })));
    form.elements.model.value ||= names[0] ?? "";
  } catch {
    // The name can be written by hand.
  }
}

async function ask(message) {
  if (!form.reportValidity()) return;
  const answer = turn(message);
  const messages = [...conversation, { role: "user", content: message }];
  form.elements.message.value = "";
  running = new AbortController();
  show(true);
  try {
    const said = await answered(messages, answer, running.signal);
    conversation = [...messages, { role: "assistant", content: said }];
  } catch (error) {
    answer.fail(error.name === "AbortError" ? "Stopped." : error.message);
  } finally {
    running = null;
    show(false);
  }
}

async function answered(messages, answer, signal) {
  const body = { model: form.elements.model.value.trim(), messages, stream: true, grounding: terms(form) };
  const reply = await fetched(body, signal);
  if (!reply.ok) throw new Error(await reason(reply));
  let text = "";
  for await (const chunk of events(reply.body)) {
    if (chunk.error) throw new Error(chunk.error.message);
    const choice = chunk.choices?.[0];
    if (choice?.delta?.content) answer.say((text += choice.delta.content));
    if (chunk.grounding) answer.explain(text, chunk.grounding);
  }
  answer.end();
  return text;
}

async function fetched(body, signal) {
  const headers = { ...csrfHeaders(), "content-type": "application/json" };
  try {
    return await fetch(`${WIRE}/chat/completions`, { method: "POST", headers, body: JSON.stringify(body), signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The server can't be reached.");
  }
}

async function reason(reply) {
  if ([401, 403].includes(reply.status) && !(await isSignedIn())) askToSignIn();
  const value = await reply.json().catch(() => null);
  const message = value?.error?.message ?? `The answer has the status ${reply.status}.`;
  const hint = " If that is the model server's word: the playground sends no key of yours, so it needs upstreams[].api_key.";
  return reply.status === 401 ? message + hint : message;
}

/** A new exchange on the page; the answer's parts are filled in as they come. */
function turn(message) {
  const text = el("div", { class: "answer" });
  const state = el("p", { class: "turn-state" }, "Waiting for the model; what comes is held until it is checked.");
  const item = el("li", { class: "turn turn--assistant" }, text, state);
  nothing.hidden = true;
  turns.append(el("li", { class: "turn turn--user" }, message), item);
  item.scrollIntoView({ block: "nearest" });
  const place = turns.children.length;
  const ownId = (number) => `turn-${place}-claim-${number}`;
  return {
    say(words) {
      text.textContent = words;
      state.textContent = "Checking what comes next.";
    },
    explain(words, grounding) {
      text.replaceChildren(...answerNodes(words, grounding.claims, ownId));
      const { length } = grounding.claims;
      const count = length === 1 ? "1 claim with its evidence" : `${length} claims with their evidence`;
      const details = el("details", {}, el("summary", {}, count), el("div", { class: "stack" }, claimList(grounding, ownId)));
      item.append(outcomeHead(grounding), details, skippedList(grounding) ?? "");
      text.addEventListener("click", (event) => {
        if (event.target.closest("a.claim")) details.open = true;
      });
    },
    end: () => state.remove(),
    fail(problem) {
      state.replaceWith(el("p", { class: "turn-problem", role: "alert" }, problem));
    },
  };
}

function show(isRunning) {
  send.hidden = isRunning;
  stop.hidden = !isRunning;
  form.elements.message.focus();
}
