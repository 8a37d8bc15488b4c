// Who is signed in. The demo's page server stands for an identity provider: its session outlives
// the page, so that access tokens live in this module's memory only, and are gone with the page.

export class Identity {
  #token = null;
  #others;
  person = null;

  // `left` is called when the person has signed out in another tab.
  constructor(left) {
    this.#others = new BroadcastChannel("identity");
    this.#others.addEventListener("message", () => {
      this.#forget();
      left();
    });
  }

  // Who it is, if anybody: after a reload, or back from somewhere else. `claim` is what the token
  // has to say on top of the usual. Throws if nobody answers.
  async recall(claim = "") {
    const response = await fetch(`/demo/session?with=${claim}`, { cache: "no-store" });
    if (!response.ok) throw new Error("no identity provider");
    return this.#take(await response.json());
  }

  async signIn(username) {
    const response = await ask("POST", "/demo/session", { username });
    return this.#take(await response.json());
  }

  // The access token; another one if the provider has it when this one was refused.
  async token(rejected) {
    if (rejected && rejected === this.#token) await this.recall().catch(() => {});
    return this.#token;
  }

  async signOut() {
    this.#forget();
    this.#others.postMessage("signed out");
    await fetch("/demo/session", { method: "DELETE" }).catch(() => {});
  }

  #take({ person = null, token = null }) {
    this.person = person;
    this.#token = token;
    return person;
  }

  #forget() {
    this.#take({});
  }
}

export async function ask(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  return response;
}
