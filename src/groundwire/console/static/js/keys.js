// Makes and revokes keys.
import { call } from "./api.js";
import { confirmed } from "./dialogs.js";
import { announce } from "./notices.js";

const form = document.getElementById("new-key");
const made = document.getElementById("made");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { name, role } = Object.fromEntries(new FormData(form));
  if (form.dataset.open === "true" && role !== "admin" && !(await locksOut())) return;
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const key = await call("POST", "/keys", { name, role });
    document.getElementById("made-key").textContent = key.key;
    made.hidden = false;
    form.hidden = true;
    document.getElementById("made-key").focus();
  } catch (error) {
    announce(error.message, "bad");
  } finally {
    button.disabled = false;
  }
});

for (const button of document.querySelectorAll("[data-revoke]")) {
  button.addEventListener("click", () => revoke(button.dataset.revoke, button.dataset.name));
}

const locksOut = () =>
  confirmed(
    "Without an admin key?",
    "From the first key on, this console asks to sign in. Without an admin key or user, that takes a command on this machine: groundwire keys create --role admin.",
    "Make it all the same",
  );

async function revoke(id, name) {
  const text = "Whatever uses it is refused within seconds. A revoked key can't be brought back.";
  if (!(await confirmed(`Revoke “${name}”?`, text, "Revoke"))) return;
  try {
    await call("DELETE", `/keys/${encodeURIComponent(id)}`);
    location.reload();
  } catch (error) {
    announce(error.message, "bad");
  }
}
