// The self-test: runs it and shows each step.
import { call } from "./api.js";
import { el } from "./dom.js";

const NAMES = {
  knowledge_base: "The knowledge base has documents",
  guard_finds_a_mistake: "A planted mistake is found",
  guard_accepts_the_truth: "A right answer passes",
  log: "Both were stored and read back",
};

const button = document.getElementById("selftest");
const state = document.getElementById("selftest-state");
const steps = document.getElementById("selftest-steps");

button?.addEventListener("click", async () => {
  button.disabled = true;
  state.textContent = "Running …";
  steps.replaceChildren();
  try {
    const found = await call("POST", "/selftest");
    steps.replaceChildren(...found.steps.map(shown));
    state.textContent = found.ok ? "It works." : "Something does not work.";
  } catch (error) {
    state.textContent = error.message;
  } finally {
    button.disabled = false;
  }
});

function shown(step) {
  const word = step.ok ? "passed" : "failed";
  return el(
    "li",
    {},
    el("span", { class: `badge plain is-${step.ok ? "supported" : "contradicted"}` }, word),
    el("strong", {}, NAMES[step.name] ?? step.name),
    el("span", { class: "soft small" }, `${Math.round(step.ms)} ms`),
    el("span", { class: "soft small" }, step.detail),
  );
}
