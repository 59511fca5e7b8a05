// Short messages in the corner, read out by screen readers.
const STAYS_MS = { good: 4000, plain: 6000, bad: 12000 };

/** Show a message; `kind` is good, bad or plain. */
export function announce(message, kind = "plain") {
  const notice = document.createElement("p");
  notice.className = `flash is-${kind}`;
  notice.textContent = message;
  document.getElementById("notices").append(notice);
  setTimeout(() => notice.remove(), STAYS_MS[kind]);
}
