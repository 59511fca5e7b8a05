// Calls to the server's own API, as the person who is signed in.
import { askToSignIn, csrfToken, isSignedIn } from "./session.js";

const PREFIX = "/api/v1";

/** What the API refused: `message` is for people, `code` and `param` are for programs, `status` is 0 without a reply. */
export class CallError extends Error {
  constructor(message, { status = 0, code = null, param = null } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.param = param;
  }
}

/** Call a route such as "/keys"; `body` is an object (sent as JSON) or a FormData. Returns the reply's value. */
export async function call(method, path, body) {
  const reply = await sent(method, path, body);
  const text = await reply.text();
  const value = parsed(text);
  if (reply.ok) return value;
  const error = value?.error ?? {};
  throw new CallError(error.message ?? `The server answered with status ${reply.status}.`, { ...error, status: reply.status });
}

/** The headers that a request of one's own needs. */
export function csrfHeaders() {
  return { "x-csrf-token": csrfToken() };
}

/** Send it, once more where the browser has another session by now; who has none is asked to sign in. */
async function sent(method, path, body) {
  const token = csrfToken();
  const reply = await send(method, path, body);
  if (![401, 403].includes(reply.status)) return reply;
  if (!(await isSignedIn())) askToSignIn();
  else if (csrfToken() !== token) return send(method, path, body);
  return reply;
}

async function send(method, path, body) {
  const headers = csrfHeaders();
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers["content-type"] = "application/json";
  try {
    return await fetch(PREFIX + path, { method, headers, body: isForm || body === undefined ? body : JSON.stringify(body) });
  } catch {
    throw new CallError("The server can't be reached.");
  }
}

function parsed(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
