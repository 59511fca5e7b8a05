// Deleting regression cases.
import { call } from "./api.js";
import { confirmed } from "./dialogs.js";
import { announce } from "./notices.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-delete]");
  if (!button) return;
  if (!(await confirmed("Delete this case?", "It is no longer checked. The answer and its decisions stay.", "Delete"))) return;
  try {
    await call("DELETE", `/regression-cases/${button.dataset.delete}`);
    button.closest("tr").remove();
    announce("Deleted.", "good");
  } catch (error) {
    announce(error.message, "bad");
  }
});
