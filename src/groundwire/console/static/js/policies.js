// The editor of a policy: says while one types whether the text is a policy, and that a preview is being made.
import { call } from "./api.js";
import { askToSignIn, isSignedIn } from "./session.js";

const PAUSE_MS = 600;
const form = document.getElementById("editor");
const text = document.getElementById("text");
const validity = document.getElementById("validity");
const working = document.getElementById("working");
const plain = validity.textContent;
let waiting = 0;
let asked = 0;
let isSent = false;

text.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(validate, PAUSE_MS);
});
// What was typed before this script had come was not noticed.
if (text.value !== text.defaultValue) validate();

async function validate() {
  const number = ++asked;
  const problem = await wrong(text.value);
  // A later text may have been looked at before.
  if (number !== asked) return;
  validity.textContent = problem ?? plain;
  validity.classList.toggle("is-bad", problem !== null);
  text.toggleAttribute("aria-invalid", problem !== null);
}

async function wrong(value) {
  try {
    const { problems } = await call("POST", "/policies/validate", { text: value });
    return problems.length ? problems.map(({ key, text }) => (key ? `${key}: ${text}` : text)).join("\n") : null;
  } catch {
    // The server says so again when the form is sent.
    return null;
  }
}

// Without a session the form would lead away from the text.
form.addEventListener("submit", async (event) => {
  const { submitter } = event;
  working.textContent = submitter?.value === "preview" ? "Replaying the last week's answers …" : "";
  if (isSent) return;
  event.preventDefault();
  try {
    isSent = await isSignedIn();
    working.textContent = "";
    if (isSent) form.requestSubmit(submitter);
    else askToSignIn();
  } catch {
    working.textContent = "The server can't be reached.";
  }
});

// Ctrl+Enter previews, as in other editors.
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(form.querySelector('[value="preview"]'));
});

// A page that comes back from the browser's memory is not working any more.
addEventListener("pageshow", () => {
  isSent = false;
  working.textContent = "";
});
