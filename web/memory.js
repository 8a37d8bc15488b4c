// What outlives a reload in this tab: where the person was, and how they came back. No token, and
// nothing that anybody believes.

const HINT_MINUTES = 20;

export const memory = {
  get offer() {
    return read("offer");
  },
  set offer(slug) {
    write("offer", slug);
  },

  // How the browser came back from Jumio's page, for this offer, if that was not long ago.
  hint(slug) {
    const hint = read("return");
    const fresh = hint && hint.slug === slug && Date.now() - hint.at < HINT_MINUTES * 60_000;
    return fresh ? hint : null;
  },

  // The same interruption for the second time is none that goes away by going on.
  came(slug, { ended, code, advice }) {
    const before = this.hint(slug) ?? read("tried");
    const same = before?.slug === slug && before.code === code && before.advice === "resume";
    write("return", {
      slug,
      ended,
      code,
      advice: same && advice === "resume" ? "renew" : advice,
      at: Date.now(),
    });
  },

  // The person goes on: what was said is over, but not forgotten until it went well.
  goesOn() {
    write("tried", read("return"));
    write("return", null);
  },

  clear() {
    sessionStorage.clear();
  },
};

function read(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name));
  } catch {
    return null;
  }
}

function write(name, value) {
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // a browser that keeps nothing: a reload then asks the API alone
  }
}
