// The two things an app talks to: the identity provider that signs people in, and the API.

import { OFFLINE, PROBLEM, SIGNED_OUT, UNEXPECTED } from "/texts.js";

// What the API refused, in words for the person in front of the page.
export class Refused extends Error {
  constructor(text, { code = "", retryAfter = 0, again = false, signedOut = false } = {}) {
    super(text);
    Object.assign(this, { code, retryAfter, again, signedOut });
  }
}

export class Api {
  #config;
  #token;

  constructor(config, token) {
    this.#config = config;
    this.#token = token;
  }

  // Returns the access token, and until when it is good. The user pool of the demo takes a password; with another identity
  // provider this is a redirect to it and back.
  async signIn(user) {
    const response = await this.#send(this.#config.identity, {
      method: "POST",
      headers: {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
      },
      body: JSON.stringify({
        ClientId: this.#config.clientId,
        AuthFlow: "USER_PASSWORD_AUTH",
        AuthParameters: { USERNAME: user.username, PASSWORD: user.password },
      }),
    });
    if (!response.ok) throw new Refused("Signing in did not work.");
    const { AccessToken, ExpiresIn } = (await response.json()).AuthenticationResult;
    this.#token = AccessToken;
    return { token: AccessToken, until: Date.now() + ExpiresIn * 1000 };
  }

  // {sdk: {token}} or {web: {href}}.
  createSession(channel) {
    return this.#call("POST", "/sessions", { channel });
  }

  // {journey, status, updatedAt, retry}, and how long to wait before asking again.
  verification() {
    return this.#call("GET", "/verification");
  }

  async #call(method, path, body) {
    const response = await this.#send(this.#config.api + path, {
      method,
      headers: {
        Authorization: `Bearer ${this.#token}`,
        ...(body && { "Content-Type": "application/json" }),
      },
      body: body && JSON.stringify(body),
    });
    const retryAfter = Number(response.headers.get("Retry-After")) || 0;
    if (response.ok) return { ...(await response.json()), retryAfter };
    throw await refusal(response, retryAfter);
  }

  async #send(url, options) {
    try {
      return await fetch(url, { ...options, referrerPolicy: "no-referrer", cache: "no-store" });
    } catch {
      throw new Refused(OFFLINE, { again: true });
    }
  }
}

async function refusal(response, retryAfter) {
  if (response.status === 401 || response.status === 403) {
    const type = response.headers.get("Content-Type") ?? "";
    // The gateway's own refusals are not problem+json: the token is missing, expired or foreign.
    if (!type.startsWith("application/problem+json")) {
      return new Refused(SIGNED_OUT, { signedOut: true });
    }
  }
  const problem = await response.json().catch(() => ({}));
  const known = PROBLEM[problem.code];
  return new Refused(known?.text ?? UNEXPECTED, {
    code: problem.code,
    retryAfter,
    again: known?.again ?? false,
  });
}
