// A browser client for the verification backend: one module, no dependencies, no build step.
// Its types are in the comments; verification-client.d.ts is made from them (make client).

/**
 * @typedef {"none" | "pending" | "processing" | "approved" | "lapsed" | "review" | "declined"
 *   | "expired"} Status
 * @typedef {"photo-quality" | "try-another-document" | "document-unsupported" | "not-finished"} Hint
 *
 * @typedef {object} Consent What the person was asked; docs/frontends.md says when what is needed.
 * @property {string} country ISO 3166, two letters.
 * @property {string} [state]
 * @property {"yes" | "no" | "na"} [obtained]
 * @property {string} [obtainedAt] ISO 8601.
 *
 * @typedef {{[name: string]: string | {[name: string]: string}}} Applicant
 *
 * @typedef {object} SessionRequest
 * @property {"sdk" | "web"} channel
 * @property {string} [journey] The first one that is configured, if left out.
 * @property {string} [locale] Of Jumio's pages; for the web channel only.
 * @property {boolean} [renew] The session that the person has is of no use any more.
 * @property {Consent} [consent]
 * @property {Applicant} [applicant]
 *
 * @typedef {{kind: "sdk", token: string} | {kind: "web", href: string} | {kind: "done"}} Session
 *   What to begin with, to be kept in memory and used at once; or `done`: nothing was left to do
 *   for the person, ask how it stands.
 *
 * @typedef {object} Standing
 * @property {string} journey
 * @property {Status} status
 * @property {string | null} updatedAt
 * @property {string | null} validUntil Until when an approval stands, or stood; null if for ever.
 * @property {Status | null} renewal How the run stands that is to follow a standing approval.
 * @property {Hint | null} hint What helps an honest person after `declined` or `expired`.
 * @property {string | null} next The step that comes next for the person.
 * @property {{allowed: boolean, remaining: number, after: number}} retry `after` in seconds.
 *
 * @typedef {{field: string, reason: string}} Field
 *
 * @typedef {"offline" | "busy" | "unavailable" | "signed-out" | "ask" | "in-progress" | "verified"
 *   | "exhausted" | "not-eligible" | "other-channel" | "broken"} Kind
 *   What a frontend can do about an error:
 *   `offline` nobody was reached; `busy`, `unavailable` again after `retryAfter` seconds;
 *   `signed-out` sign in again; `ask` ask the person for `fields`; `in-progress` watch;
 *   `verified` go on; `exhausted` come back after `retryAfter`; `not-eligible` offer another way;
 *   `other-channel` ask for the other one; `broken` ours to mend, quote `requestId`.
 *
 * @typedef {"resume" | "renew" | "ask" | "other-device" | "configuration" | "give-up"} Advice
 *   What to do about an error of Jumio's SDK or web client: `resume` start again with the same
 *   request; `renew` the same with `renew: true`; `ask` the person has to change something first
 *   (a permission, the network, an update); `other-device`; `configuration` ours to mend;
 *   `give-up` offer help.
 *
 * @typedef {(about: {rejected: string | null}) => string | null | Promise<string | null>} TokenSource
 *   Gives the access token of the person, or null if nobody is signed in. `rejected` is the token
 *   that was just refused: give another one (refreshed), or the same if there is none.
 *
 * @typedef {object} Surroundings What the client needs to know of the browser; tests bring theirs.
 * @property {() => boolean} online
 * @property {() => boolean} hidden Nobody sees the page: nothing is asked meanwhile.
 * @property {(milliseconds: number, signal?: AbortSignal) => Promise<void>} sleep
 * @property {(milliseconds: number, signal?: AbortSignal) => Promise<void>} pause As sleep, but
 *   ends at once when the browser comes online or the page into sight.
 */

const TIMEOUT = 35_000; // milliseconds; API Gateway itself gives up after 30 seconds
const PATIENCE = 120; // seconds that one start may take with all its repetitions
const LONGEST = 10; // seconds: what takes longer is for the person to decide
const TRIES = 3;
const SLOWER_AFTER = 24; // questions without news, then at longer and longer intervals
const SLOWEST = 30; // seconds
const PASSING = new Set(["offline", "busy", "unavailable"]);

/** By problem code; what is not here is `broken`. @type {Record<string, Kind>} */
export const KIND_BY_CODE = Object.freeze({
  forbidden: "signed-out",
  "attestation-refused": "not-eligible",
  "consent-required": "ask",
  "applicant-required": "ask",
  "not-eligible": "not-eligible",
  "channel-unavailable": "other-channel",
  "session-busy": "busy",
  "verification-in-progress": "in-progress",
  "already-verified": "verified",
  "attempts-exhausted": "exhausted",
  "provider-busy": "busy",
  "provider-unavailable": "unavailable",
  "temporarily-unavailable": "unavailable",
  "invalid-request": "broken",
  "request-too-large": "broken",
  "unknown-journey": "broken",
  "idempotency-key-reused": "broken",
  "provider-rejected": "broken",
  misconfigured: "broken",
  internal: "broken",
  "not-found": "broken",
});

/** The only error that the client throws, but for a signal's own reason when it was aborted. */
export class VerificationError extends Error {
  /**
   * @param {Kind} kind
   * @param {{code?: string, status?: number, retryAfter?: number, requestId?: string, fields?: Field[]}} [facts]
   */
  constructor(kind, { code = "", status = 0, retryAfter = 0, requestId = "", fields = [] } = {}) {
    super(code || kind);
    this.name = "VerificationError";
    this.kind = kind;
    /** The problem's code, for logs; empty if there was no problem document. */
    this.code = code;
    this.status = status;
    /** Seconds; 0 if nothing was said. */
    this.retryAfter = retryAfter;
    /** What support can find the request by. */
    this.requestId = requestId;
    this.fields = fields;
  }

  /** Whether the same request may succeed a little later. */
  get passing() {
    return PASSING.has(this.kind);
  }
}

export class VerificationClient {
  #api;
  #token;
  #fetch;
  #around;
  /** The token with which a function answered last, or what the person has got instead of it.
   * @type {string | null} */
  #taken = "";
  /** The last intention that got no answer. @type {{body: string, key: string} | null} */
  #unfinished = null;

  /**
   * @param {object} options
   * @param {string} options.api The stack's output ApiUrl, or a custom domain.
   * @param {TokenSource} options.token
   * @param {typeof globalThis.fetch} [options.fetch]
   * @param {Surroundings} [options.surroundings]
   */
  constructor({ api, token, fetch = globalThis.fetch.bind(globalThis), surroundings = browser }) {
    this.#api = api.replace(/\/$/, "");
    this.#token = token;
    this.#fetch = fetch;
    this.#around = surroundings;
  }

  /**
   * A session to begin with: the one that the person has, or a new one. Waits for screenings, and
   * repeats what may be repeated. One call is one intention: it has one Idempotency-Key for all its
   * repetitions, and keeps it when the same call is made again because no answer came.
   *
   * @param {SessionRequest} request
   * @param {{signal?: AbortSignal, onWait?: (why: "screening" | "busy") => void}} [options]
   * @returns {Promise<Session>}
   */
  async start(request, { signal, onWait = () => {} } = {}) {
    const body = JSON.stringify(request);
    const key = this.#unfinished?.body === body ? this.#unfinished.key : crypto.randomUUID();
    this.#unfinished = { body, key };
    let screened = false;
    let waited = 0;
    for (let failures = 0; ;) {
      let wait = 0;
      try {
        const answer = await this.#post(body, key, signal);
        if (answer.session) {
          this.#unfinished = null;
          return answer.session;
        }
        screened = true;
        wait = answer.retryAfter || 2;
        onWait("screening");
      } catch (error) {
        if (!(error instanceof VerificationError)) throw error;
        if (!error.passing) this.#unfinished = null;
        // After a 202 the last screening may have passed unseen; there was nothing else to do.
        if (error.kind === "verified" && screened) return { kind: "done" };
        failures += 1;
        wait = Math.max(error.retryAfter, backoff(failures) / 1000);
        if (!error.passing || failures >= TRIES || wait > LONGEST) throw error;
        if (!this.#around.online()) throw error;
        if (error.kind === "busy") onWait("busy");
      }
      waited += wait;
      if (waited > PATIENCE) throw new VerificationError("unavailable", { retryAfter: wait });
      await this.#around.sleep(wait * 1000, signal);
    }
  }

  /**
   * How it stands now.
   *
   * @param {{journey?: string, signal?: AbortSignal}} [options]
   * @returns {Promise<Standing>}
   */
  async verification({ journey, signal } = {}) {
    const { standing } = await this.#look(journey, "", signal);
    if (!standing) throw new VerificationError("broken");
    return standing;
  }

  /**
   * How it stands, again whenever that changes, until there is nothing to wait for or the signal is
   * aborted. Asks as often as the API advises and ever more seldom when nothing happens; not while
   * nobody sees the page. Trouble that passes is told and then waited out; other errors are thrown.
   * `returned` says that the person is back from Jumio: their result is looked for at once.
   *
   * @param {{journey?: string, signal?: AbortSignal, returned?: boolean}} [options]
   * @returns {AsyncGenerator<{standing: Standing, trouble: null} | {standing: null, trouble: VerificationError}, void, void>}
   */
  async *watch({ journey, signal, returned = false } = {}) {
    /** @type {Standing | null} */
    let last = null;
    let etag = "";
    let troubled = false;
    for (let quiet = 0, failures = 0; !signal?.aborted;) {
      let wait = 0;
      try {
        while (this.#around.hidden()) await this.#around.pause(60_000, signal);
        const back = returned && (last === null || last.status === "pending");
        const seen = await this.#look(journey, etag, signal, back);
        failures = 0;
        quiet = seen.standing ? 0 : quiet + 1;
        etag = seen.etag;
        last = seen.standing ?? last;
        if (last && (seen.standing || troubled)) yield { standing: last, trouble: null };
        troubled = false;
        if (!seen.retryAfter) return;
        const growth = 2 ** Math.max(0, quiet - SLOWER_AFTER);
        wait = Math.max(seen.retryAfter, Math.min(SLOWEST, seen.retryAfter * growth)) * 1000;
      } catch (error) {
        if (signal?.aborted) return;
        if (!(error instanceof VerificationError && error.passing)) throw error;
        troubled = true;
        yield { standing: null, trouble: error };
        failures += 1;
        wait = Math.max(error.retryAfter * 1000, backoff(failures));
      }
      await this.#around.pause(wait, signal).catch(() => {});
    }
  }

  /**
   * @param {string} body
   * @param {string} key
   * @param {AbortSignal | undefined} signal
   * @returns {Promise<{session: Session | null, retryAfter: number}>}
   */
  async #post(body, key, signal) {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": `"${key}"` };
    const response = await this.#call("/sessions", { method: "POST", body, headers }, signal);
    if (response.status === 204) return { session: { kind: "done" }, retryAfter: 0 };
    if (!response.ok) throw await problem(response);
    if (response.status === 202) return { session: null, retryAfter: retryAfter(response) };
    const answer = await json(response);
    const href = answer.web?.href;
    if (typeof href === "string" && isAddress(href)) {
      return { session: { kind: "web", href }, retryAfter: 0 };
    }
    const token = answer.sdk?.token;
    if (typeof token !== "string") throw broken(response);
    return { session: { kind: "sdk", token }, retryAfter: 0 };
  }

  /**
   * @param {string | undefined} journey
   * @param {string} etag
   * @param {AbortSignal | undefined} signal
   * @param {boolean} [returned]
   * @returns {Promise<{standing: Standing | null, etag: string, retryAfter: number}>}
   */
  async #look(journey, etag, signal, returned = false) {
    const query = new URLSearchParams({
      ...(journey && { journey }),
      ...(returned && { returned: "true" }),
    }).toString();
    const path = `/verification${query && `?${query}`}`;
    /** @type {Record<string, string>} */
    const headers = etag ? { "If-None-Match": etag } : {};
    const response = await this.#call(path, { method: "GET", headers }, signal);
    const known = { etag: response.headers.get("ETag") ?? "", retryAfter: retryAfter(response) };
    if (response.status === 304) return { standing: null, ...known };
    if (!response.ok) throw await problem(response);
    const standing = await json(response);
    if (typeof standing.status !== "string" || !standing.retry) throw broken(response);
    return { standing, ...known };
  }

  /**
   * The answer of a function, whatever its status. What the gateway itself answers has no CORS
   * headers (it adds them "to the response from an integration"), so that a page on another origin
   * sees no status, only that fetch has failed: 401 and 403 for a bad token, but 429 and 5xx, too.
   *
   * @param {string} path
   * @param {RequestInit} init
   * @param {AbortSignal | undefined} signal
   * @returns {Promise<Response>}
   */
  async #call(path, init, signal) {
    let token = await this.#token({ rejected: null });
    const taken = token === this.#taken;
    for (let tries = 1; ; tries += 1) {
      if (!token) throw new VerificationError("signed-out");
      const answer = await this.#ask(path, init, token, signal);
      if (typeof answer !== "string") {
        this.#taken = token;
        return answer;
      }
      if (tries === 1) {
        const other = await this.#token({ rejected: token });
        if (other !== token) {
          token = other;
          if (taken && other) this.#taken = other;
          continue;
        }
      }
      if (answer === "refused" || isOver(token)) throw new VerificationError("signed-out");
      if (tries >= TRIES) {
        // A token that was taken is taken until it is over: something else is wrong.
        throw new VerificationError(taken ? "unavailable" : "signed-out");
      }
      await this.#around.sleep(backoff(tries), signal);
    }
  }

  /**
   * @param {string} path
   * @param {RequestInit} init
   * @param {string} token
   * @param {AbortSignal | undefined} signal
   * @returns {Promise<Response | "refused" | "unreadable">}
   */
  async #ask(path, init, token, signal) {
    signal?.throwIfAborted();
    try {
      const response = await this.#fetch(this.#api + path, {
        ...init,
        ...QUIETLY,
        headers: { ...init.headers, Authorization: `Bearer ${token}` },
        signal: limited(signal),
      });
      const unsaid = [401, 403].includes(response.status) && !isProblem(response);
      return unsaid ? "refused" : response;
    } catch (error) {
      signal?.throwIfAborted();
      if (isTimeout(error)) throw new VerificationError("unavailable");
      if (await this.#reachable(signal)) return "unreadable";
      throw new VerificationError("offline");
    }
  }

  /**
   * Whether anybody answers where the API should be. Without CORS an answer cannot be read, but it
   * is known that there was one, whoever may read it.
   *
   * @param {AbortSignal | undefined} signal
   */
  async #reachable(signal) {
    if (!this.#around.online()) return false;
    try {
      const probe = { ...QUIETLY, method: "HEAD", mode: /** @type {const} */ ("no-cors") };
      await this.#fetch(`${this.#api}/verification`, { ...probe, signal: limited(signal) });
      return true;
    } catch {
      signal?.throwIfAborted();
      return false;
    }
  }
}

/** Of the A family, all but these are passing troubles of the network. */
const WRONG_PLACE = /^A\d\d0?40[34]$/; // another data centre, a web token, a product that is off
const BLOCKED = /^A\d\d0?900$/; // an ad blocker, a company's firewall

/** @type {Record<string, Advice>} */
const ADVICE = {
  9100: "resume",
  9300: "resume",
  9301: "resume",
  9800: "resume",
  9801: "resume",
  9810: "resume",
  9200: "renew",
  9210: "renew",
  9400: "renew",
  9835: "renew",
  9836: "renew",
  9900: "renew",
  9820: "other-device",
  9821: "other-device",
  9822: "other-device",
  A: "resume",
  E: "resume",
  G: "resume",
  B: "renew",
  C: "renew",
  J: "renew",
  H: "ask",
  I: "ask",
  K: "ask",
  F: "configuration",
  L: "configuration",
  N: "configuration",
  M: "give-up",
};

/**
 * What to do about an error code: four digits of Jumio's web client, or a letter with digits of its
 * SDKs and web component. What nobody has documented is `give-up`.
 *
 * @param {string} code
 * @returns {Advice}
 */
export function adviceFor(code) {
  if (WRONG_PLACE.test(code)) return "configuration";
  if (BLOCKED.test(code)) return "ask";
  const known = /^[A-N]\d*$/.test(code) ? code.charAt(0) : code;
  return Object.hasOwn(ADVICE, known) ? ADVICE[known] : "give-up";
}

/**
 * What the hosted page appended to a return address: a hint of what to show, no more, as anybody
 * can write such an address. Remove it from the address bar once it is read.
 *
 * @param {string | URL} address
 * @returns {{ended: "success" | "error" | null, code: string, advice: Advice | null}}
 */
export function readReturn(address) {
  const query = new URL(address).searchParams;
  const said = query.get("acquisitionStatus");
  const ended = said === "SUCCESS" ? "success" : said === "ERROR" ? "error" : null;
  const codes = [query.get("errorCode"), query.get("publicErrorCode")];
  const code = codes.find((one) => /^(9\d{3}|[A-N]\d{0,8})$/.test(one ?? "")) ?? "";
  return { ended, code, advice: code ? adviceFor(code) : null };
}

/**
 * What Jumio's page in a frame of yours posted; null for every message that is not its own. A hint
 * like a return address.
 *
 * @param {MessageEvent} event
 * @param {{origin: string, source: MessageEventSource | null}} from The origin of the address in
 *   the frame, and the frame's window.
 * @returns {{value: "loaded" | "success" | "error", code: string, advice: Advice | null} | null}
 */
export function readMessage(event, { origin, source }) {
  if (!source || event.origin !== origin || event.source !== source) return null;
  try {
    const { eventType, payload } = JSON.parse(event.data);
    if (eventType !== 510 || !["loaded", "success", "error"].includes(payload.value)) return null;
    const told = payload.metainfo ?? {};
    const code = String(told.publicErrorCode ?? told.code ?? "");
    return { value: payload.value, code, advice: code ? adviceFor(code) : null };
  } catch {
    return null;
  }
}

/** Never a cached answer, never the page's address in a log. @type {RequestInit} */
const QUIETLY = { cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" };

/** @param {AbortSignal | undefined} signal */
function limited(signal) {
  const timeout = AbortSignal.timeout(TIMEOUT);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

/** @param {unknown} error */
function isTimeout(error) {
  return error instanceof DOMException && error.name === "TimeoutError";
}

/** @param {Response} response */
function isProblem(response) {
  return (response.headers.get("Content-Type") ?? "").startsWith("application/problem+json");
}

/** @param {Response} response */
function retryAfter(response) {
  const seconds = Number(response.headers.get("Retry-After"));
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 0;
}

/**
 * What is none must not become one by being navigated to. (No regular expression looks at a secret:
 * the browser remembers what the last one matched.)
 *
 * @param {string} text
 */
function isAddress(text) {
  return text.startsWith("https://") || text.startsWith("http://");
}

/** Milliseconds, and not the same for everybody. @param {number} failures */
function backoff(failures) {
  return Math.min(30_000, 1000 * 2 ** (failures - 1)) * (0.75 + Math.random() / 2);
}

/** The person's token says itself until when it is good. @param {string} token */
function isOver(token) {
  try {
    const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(atob(payload)).exp * 1000 < Date.now();
  } catch {
    return false;
  }
}

/** @param {Response} response @returns {Promise<any>} */
async function json(response) {
  try {
    const answer = await response.json();
    if (answer && typeof answer === "object") return answer;
  } catch {
    // an answer that was cut off
  }
  throw broken(response);
}

/** @param {Response} response */
function factsOf(response) {
  return {
    status: response.status,
    retryAfter: retryAfter(response),
    requestId: response.headers.get("X-Request-Id") ?? "",
  };
}

/** @param {Response} response */
function broken(response) {
  return new VerificationError("broken", factsOf(response));
}

/** @param {Response} response @returns {Promise<VerificationError>} */
async function problem(response) {
  const facts = factsOf(response);
  const body = isProblem(response) ? await response.json().catch(() => ({})) : {};
  const code = typeof body.code === "string" ? body.code : "";
  /** @type {Field[]} */
  const fields = Array.isArray(body.errors) ? body.errors : [];
  if (!code) {
    // The gateway's own, where its answers can be read.
    const passes = response.status === 429 || response.status >= 500;
    return new VerificationError(passes ? "unavailable" : "broken", facts);
  }
  return new VerificationError(kindOf(code, fields), { ...facts, code, fields });
}

/** @param {string} code @param {Field[]} fields @returns {Kind} */
function kindOf(code, fields) {
  const kind = Object.hasOwn(KIND_BY_CODE, code) ? KIND_BY_CODE[code] : "broken";
  const person = /^(applicant|consent)\./;
  // What the person can mend is asked of the person, and what is not (a claim) never is.
  if (code === "invalid-request" || kind === "ask") {
    return fields.length && fields.every(({ field }) => person.test(field)) ? "ask" : "broken";
  }
  return kind;
}

/** @type {Surroundings} */
const browser = {
  online: () => globalThis.navigator?.onLine !== false,
  hidden: () => globalThis.document?.visibilityState === "hidden",
  sleep: (milliseconds, signal) => waiting(milliseconds, signal, false),
  pause: (milliseconds, signal) => waiting(milliseconds, signal, true),
};

/**
 * @param {number} milliseconds
 * @param {AbortSignal | undefined} signal
 * @param {boolean} wakes
 * @returns {Promise<void>}
 */
function waiting(milliseconds, signal, wakes) {
  return new Promise((resolve, reject) => {
    const done = new AbortController();
    const awake = () => {
      if (!browser.hidden()) finish(resolve);
    };
    const timer = setTimeout(() => finish(resolve), milliseconds);
    const finish = (/** @type {() => void} */ settle) => {
      clearTimeout(timer);
      done.abort();
      settle();
    };
    const abort = () => finish(() => reject(signal?.reason));
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort, { signal: done.signal });
    if (!wakes) return;
    globalThis.addEventListener?.("online", awake, { signal: done.signal });
    globalThis.document?.addEventListener("visibilitychange", awake, { signal: done.signal });
  });
}
