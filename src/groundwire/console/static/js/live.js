// New events from the server. The browser connects again by itself; where the server turned it away, we do.
const AGAIN_MS = 10_000;

/** Listen for what comes after the event `after`; an event may come twice. */
export function listen(after, { onEvent, onState }) {
  let last = after;
  let source = null;

  const open = () => {
    source = new EventSource(`/api/v1/events/live?after=${encodeURIComponent(last)}`);
    source.onopen = () => onState(true);
    source.onmessage = (message) => {
      last = message.lastEventId || last;
      onEvent(JSON.parse(message.data));
    };
    source.onerror = () => {
      onState(false);
      if (source.readyState === EventSource.CLOSED) setTimeout(open, AGAIN_MS);
    };
  };

  open();
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && open());
}
