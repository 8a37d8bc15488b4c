export type Status = "none" | "pending" | "processing" | "approved" | "lapsed" | "review" | "declined" | "expired";
export type Hint = "photo-quality" | "try-another-document" | "document-unsupported" | "not-finished";
export type Consent = {
    /**
     * ISO 3166, two letters.
     */
    country: string;
    state?: string;
    obtained?: "yes" | "no" | "na";
    /**
     * ISO 8601.
     */
    obtainedAt?: string;
};
export type Applicant = {
    [name: string]: string | {
        [name: string]: string;
    };
};
export type SessionRequest = {
    channel: "sdk" | "web";
    /**
     * The first one that is configured, if left out.
     */
    journey?: string;
    /**
     * Of Jumio's pages; for the web channel only.
     */
    locale?: string;
    /**
     * The session that the person has is of no use any more.
     */
    renew?: boolean;
    consent?: Consent;
    applicant?: Applicant;
};
export type Session = {
    kind: "sdk";
    token: string;
} | {
    kind: "web";
    href: string;
} | {
    kind: "done";
};
export type Standing = {
    journey: string;
    status: Status;
    updatedAt: string | null;
    /**
     * Until when an approval stands, or stood; null if for ever.
     */
    validUntil: string | null;
    /**
     * How the run stands that is to follow a standing approval.
     */
    renewal: Status | null;
    /**
     * What helps an honest person after `declined` or `expired`.
     */
    hint: Hint | null;
    /**
     * The step that comes next for the person.
     */
    next: string | null;
    /**
     * `after` in seconds.
     */
    retry: {
        allowed: boolean;
        remaining: number;
        after: number;
    };
};
export type Field = {
    field: string;
    reason: string;
};
export type Kind = "offline" | "busy" | "unavailable" | "signed-out" | "ask" | "in-progress" | "verified" | "exhausted" | "not-eligible" | "other-channel" | "broken";
export type Advice = "resume" | "renew" | "ask" | "other-device" | "configuration" | "give-up";
export type TokenSource = (about: {
    rejected: string | null;
}) => string | null | Promise<string | null>;
export type Surroundings = {
    online: () => boolean;
    /**
     * Nobody sees the page: nothing is asked meanwhile.
     */
    hidden: () => boolean;
    sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
    /**
     * As sleep, but
     * ends at once when the browser comes online or the page into sight.
     */
    pause: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
};
/** By problem code; what is not here is `broken`. @type {Record<string, Kind>} */
export declare const KIND_BY_CODE: Record<string, Kind>;
/** The only error that the client throws, but for a signal's own reason when it was aborted. */
export declare class VerificationError extends Error {
    kind: Kind;
    /** The problem's code, for logs; empty if there was no problem document. */
    code: string;
    status: number;
    /** Seconds; 0 if nothing was said. */
    retryAfter: number;
    /** What support can find the request by. */
    requestId: string;
    fields: Field[];
    /**
     * @param {Kind} kind
     * @param {{code?: string, status?: number, retryAfter?: number, requestId?: string, fields?: Field[]}} [facts]
     */
    constructor(kind: Kind, { code, status, retryAfter, requestId, fields }?: {
        code?: string;
        status?: number;
        retryAfter?: number;
        requestId?: string;
        fields?: Field[];
    });
    /** Whether the same request may succeed a little later. */
    get passing(): boolean;
}
export declare class VerificationClient {
    #private;
    /**
     * @param {object} options
     * @param {string} options.api The stack's output ApiUrl, or a custom domain.
     * @param {TokenSource} options.token
     * @param {typeof globalThis.fetch} [options.fetch]
     * @param {Surroundings} [options.surroundings]
     */
    constructor({ api, token, fetch, surroundings }: {
        api: string;
        token: TokenSource;
        fetch?: typeof globalThis.fetch;
        surroundings?: Surroundings;
    });
    /**
     * A session to begin with: the one that the person has, or a new one. Waits for screenings, and
     * repeats what may be repeated. One call is one intention: it has one Idempotency-Key for all its
     * repetitions, and keeps it when the same call is made again because no answer came.
     *
     * @param {SessionRequest} request
     * @param {{signal?: AbortSignal, onWait?: (why: "screening" | "busy") => void}} [options]
     * @returns {Promise<Session>}
     */
    start(request: SessionRequest, { signal, onWait }?: {
        signal?: AbortSignal;
        onWait?: (why: "screening" | "busy") => void;
    }): Promise<Session>;
    /**
     * How it stands now.
     *
     * @param {{journey?: string, signal?: AbortSignal}} [options]
     * @returns {Promise<Standing>}
     */
    verification({ journey, signal }?: {
        journey?: string;
        signal?: AbortSignal;
    }): Promise<Standing>;
    /**
     * How it stands, again whenever that changes, until there is nothing to wait for or the signal is
     * aborted. Asks as often as the API advises and ever more seldom when nothing happens; not while
     * nobody sees the page. Trouble that passes is told and then waited out; other errors are thrown.
     * `returned` says that the person is back from Jumio: their result is looked for at once.
     *
     * @param {{journey?: string, signal?: AbortSignal, returned?: boolean}} [options]
     * @returns {AsyncGenerator<{standing: Standing, trouble: null} | {standing: null, trouble: VerificationError}, void, void>}
     */
    watch({ journey, signal, returned }?: {
        journey?: string;
        signal?: AbortSignal;
        returned?: boolean;
    }): AsyncGenerator<{
        standing: Standing;
        trouble: null;
    } | {
        standing: null;
        trouble: VerificationError;
    }, void, void>;
}
/**
 * What to do about an error code: four digits of Jumio's web client, or a letter with digits of its
 * SDKs and web component. What nobody has documented is `give-up`.
 *
 * @param {string} code
 * @returns {Advice}
 */
export declare function adviceFor(code: string): Advice;
/**
 * What the hosted page appended to a return address: a hint of what to show, no more, as anybody
 * can write such an address. Remove it from the address bar once it is read.
 *
 * @param {string | URL} address
 * @returns {{ended: "success" | "error" | null, code: string, advice: Advice | null}}
 */
export declare function readReturn(address: string | URL): {
    ended: "success" | "error" | null;
    code: string;
    advice: Advice | null;
};
/**
 * What Jumio's page in a frame of yours posted; null for every message that is not its own. A hint
 * like a return address.
 *
 * @param {MessageEvent} event
 * @param {{origin: string, source: MessageEventSource | null}} from The origin of the address in
 *   the frame, and the frame's window.
 * @returns {{value: "loaded" | "success" | "error", code: string, advice: Advice | null} | null}
 */
export declare function readMessage(event: MessageEvent, { origin, source }: {
    origin: string;
    source: MessageEventSource | null;
}): {
    value: "loaded" | "success" | "error";
    code: string;
    advice: Advice | null;
} | null;
