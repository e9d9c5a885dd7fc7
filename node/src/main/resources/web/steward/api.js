const KEY = "weft.session";
const PERSON = "weft.person";

/** What the node answered where it did not do what was asked. */
export class Refused extends Error {
  constructor(status, reason, message) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

/** Who is logged in in this tab; null for nobody. */
export function person() {
  return sessionStorage.getItem(PERSON);
}

/** Opens the session with the code of a one-time address. */
export async function open(code) {
  const answer = await call("POST", "/v1/steward/session", { code });
  sessionStorage.setItem(KEY, answer.key);
  sessionStorage.setItem(PERSON, answer.person);
}

/** Ends the session, at the node as well. */
export async function leave() {
  try {
    await call("DELETE", "/v1/steward/session");
  } finally {
    forget();
  }
}

/** Ends it in this tab alone. */
export function forget() {
  sessionStorage.removeItem(KEY);
  sessionStorage.removeItem(PERSON);
}

/** Asks the node; the answer's JSON, or Refused. */
export async function call(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  const key = sessionStorage.getItem(KEY);
  if (key !== null) {
    headers["Weft-Session"] = key;
  }
  let response;
  try {
    response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Refused(0, "unavailable", "The node does not answer. Start it again, then look again.");
  }
  const text = await response.text();
  const answer = text === "" ? {} : JSON.parse(text);
  if (!response.ok) {
    throw new Refused(response.status, answer.reason, answer.message);
  }
  return answer;
}
