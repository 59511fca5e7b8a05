// A session may end while a page is open. What is written on the page stays, and goes on with the next session.
import { el } from "./dom.js";

const NOTICE = "session-ended";

/** Take up the session that the browser has now: false where it has none. Fails where the server can't be reached. */
export async function isSignedIn() {
  const reply = await fetch("/console/account");
  if (!reply.ok || new URL(reply.url).pathname !== "/console/account") return false;
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  tokenHolder(document).content = tokenHolder(page).content;
  for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = tokenHolder(page).content;
  document.getElementById(NOTICE)?.remove();
  return true;
}

/** The token of the session, which goes with every request that changes something. */
export function csrfToken() {
  return tokenHolder(document)?.content ?? "";
}

/** Say that the session has ended and how to go on; it stays until somebody has signed in. */
export function askToSignIn() {
  if (document.getElementById(NOTICE)) return;
  const link = el("a", { href: "/console/sign-in?next=/console/account", target: "_blank", rel: "noopener" }, "Sign in in a new tab");
  const notice = el("p", { id: NOTICE, class: "flash is-bad" }, "Your session has ended. ", link, " and go on here: what you wrote is still there.");
  document.getElementById("notices").append(notice);
}

function tokenHolder(page) {
  return page.querySelector('meta[name="csrf-token"]');
}

// Whoever comes back from the other tab is signed in, as a rule.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && document.getElementById(NOTICE)) isSignedIn().catch(() => {});
});
