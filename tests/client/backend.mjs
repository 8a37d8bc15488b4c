// A backend that answers as it was told, and a browser whose time passes at once.

import { VerificationClient } from "../../web/client/verification-client.js";

export const API = "https://api.example.com";
export const STANDING = {
  journey: "identity",
  status: "pending",
  updatedAt: "2026-11-23T08:15:00Z",
  validUntil: null,
  renewal: null,
  hint: null,
  next: "identity",
  retry: { allowed: true, remaining: 4, after: 0 },
};

export function answer(status, body, headers = {}) {
  const type = status >= 400 ? "application/problem+json" : "application/json";
  const content = body === undefined ? null : JSON.stringify(body);
  return () => new Response(content, { status, headers: { "Content-Type": type, ...headers } });
}

export const problem = (status, code, headers = {}, errors = undefined) =>
  answer(status, { type: `urn:jumio-bff:problem:${code}`, status, code, errors }, headers);

// What the gateway itself answers: without CORS headers a browser tells the page nothing.
export const unreadable = () => {
  throw new TypeError("Failed to fetch");
};
export const unreachable = unreadable;

// Answers one after the other, the last one for ever; `asked` has what each request said.
export class Backend {
  asked = [];
  slept = [];
  tokens = ["token-1"];
  rejected = [];
  online = true;
  reachable = true;
  hidden = () => false;

  constructor(...answers) {
    this.answers = answers;
    this.client = new VerificationClient({
      api: `${API}/`,
      token: ({ rejected }) => this.token(rejected),
      fetch: (url, init) => this.fetch(url, init),
      surroundings: {
        online: () => this.online,
        hidden: () => this.hidden(),
        sleep: async (milliseconds, signal) => this.wait(milliseconds, signal),
        pause: async (milliseconds, signal) => this.wait(milliseconds, signal),
      },
    });
  }

  token(rejected) {
    if (rejected) {
      this.rejected.push(rejected);
      if (this.tokens.length > 1) this.tokens.shift();
    }
    return this.tokens[0];
  }

  wait(milliseconds, signal) {
    this.slept.push(milliseconds / 1000);
    signal?.throwIfAborted();
  }

  async fetch(url, init) {
    if (init.mode === "no-cors") {
      if (!this.reachable) unreachable();
      return new Response(null);
    }
    const headers = new Headers(init.headers);
    this.asked.push({
      url,
      method: init.method,
      headers,
      body: init.body && JSON.parse(init.body),
    });
    const next = this.answers.length > 1 ? this.answers.shift() : this.answers[0];
    return next();
  }

  get keys() {
    return this.asked.map(({ headers }) => headers.get("Idempotency-Key"));
  }
}

export async function taken(generator, count) {
  const seen = [];
  for await (const one of generator) {
    seen.push(one);
    if (seen.length === count) break;
  }
  return seen;
}
