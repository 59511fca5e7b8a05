// The live list: what was flagged, rewritten or blocked, within a second.
import { actionBadge } from "./badges.js";
import { el } from "./dom.js";
import { listen } from "./live.js";
import { showTimes } from "./times.js";

const MOST = 12;
const list = document.getElementById("live");
const none = document.getElementById("live-none");
const state = document.getElementById("live-state");

listen(list.dataset.after, {
  onEvent: show,
  onState: (isOn) => {
    state.dataset.state = isOn ? "on" : "off";
    state.textContent = isOn ? "Watching" : "Connecting again …";
  },
});

function show(event) {
  if (list.querySelector(`[data-id="${CSS.escape(event.id)}"]`)) return;
  const item = entry(event);
  showTimes(item);
  list.prepend(item);
  while (list.children.length > MOST) list.lastElementChild.remove();
  none.hidden = true;
}

function entry(event) {
  return el(
    "li",
    { class: "is-new", "data-id": event.id },
    el(
      "a",
      { href: `/console/events/${encodeURIComponent(event.id)}` },
      el(
        "span",
        { class: "live-line" },
        actionBadge(event.action),
        el("time", { datetime: event.created_at, "data-style": "relative" }),
      ),
      el("span", { class: "live-question" }, event.question || "No question"),
      el("span", { class: "live-reason" }, event.reason),
    ),
  );
}
