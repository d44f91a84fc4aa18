// What the page asks the API, with a key where one is needed.

const SECONDS = 20;
const KEPT = "warta.key";
const SENDABLE = /^[\x20-\x7e]+$/;
let unkept = "";

/** An answer that is an error. `status` is 0 when nothing answered. */
export class Failure extends Error {
  constructor(status, { detail = "", seconds = 0, keySent = false } = {}) {
    super(detail);
    Object.assign(this, { status, detail, seconds, keySent });
  }
}

export async function ask(path, parameters = {}, { signal, renew = false } = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined));
  const sent = key();
  const signals = [AbortSignal.timeout(SECONDS * 1000), ...(signal ? [signal] : [])];
  let answer;
  try {
    answer = await fetch(query.size ? `${path}?${query}` : path, {
      headers: { Accept: "application/json", ...(sent ? { "X-API-Key": sent } : {}) },
      cache: renew ? "no-cache" : "default", credentials: "omit", redirect: "error", signal: AbortSignal.any(signals),
    });
    if (answer.ok) return await answer.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Failure(error instanceof SyntaxError ? 500 : 0);
  }
  const problem = await answer.json().catch(() => null);
  const detail = typeof problem?.detail === "string" ? problem.detail : "";
  throw new Failure(answer.status, { detail, seconds: Number(answer.headers.get("Retry-After")) || 0, keySent: Boolean(sent) });
}

export function key() {
  try {
    return sessionStorage.getItem(KEPT) ?? unkept;
  } catch {
    return unkept;
  }
}

/** Keep the key for this tab; false for what can't be one. "" forgets it. */
export function setKey(said) {
  if (said && !SENDABLE.test(said)) return false;
  unkept = said;
  try {
    if (said) sessionStorage.setItem(KEPT, said);
    else sessionStorage.removeItem(KEPT);
  } catch {} // then it lives as long as the page
  return true;
}
