// The demo app: sign in, start a verification, come back from it, see how it went.

import { Api, Refused } from "/api.js";
import { INTERRUPTED, SIGNED_OUT, STATUS, UNEXPECTED } from "/texts.js";

const POLL_MS = 2_000;
const SLOWER_AFTER = 30; // questions; then every ten seconds
const SLOW_POLL_MS = 10_000;

const element = (id) => document.getElementById(id);
const config = await (await fetch("/config.json")).json();
const session = restored();
let api = new Api(config, session?.token);
let timer = 0;
let asked = 0;

const returned = wayBack();
// Jumio needs a moment after the person is done. Until the API knows, the page believes the way
// back that far, and for that long, that it does not ask the person to go on.
let saysDone = returned === "success";
drawPeople();
draw();
if (returned === "error") notice(INTERRUPTED);
if (session) refresh();

element("sign-out").addEventListener("click", () => signOut());
element("start-web").addEventListener("click", () => start("web"));
element("start-sdk").addEventListener("click", () => start("sdk"));
element("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(element("token").dataset.token);
  element("copy").textContent = "Copied";
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && restored()) refresh();
});

// How the browser got here, if it was sent back by the hosted page. What else the address says
// about accounts and results may be made up, is of no use, and does not stay in the history.
function wayBack() {
  const match = /^\/return\/(success|error)$/.exec(location.pathname);
  if (match || location.search) history.replaceState(null, "", "/");
  return match?.[1];
}

// The page is left and loaded anew around a verification, so the sign-in outlives it, in this tab.
function restored() {
  const kept = JSON.parse(sessionStorage.getItem("session"));
  return kept && kept.until > Date.now() ? kept : null;
}

async function signIn(user, button) {
  await attempt(button, async () => {
    const signedIn = await api.signIn(user);
    sessionStorage.setItem("session", JSON.stringify({ ...signedIn, name: user.name }));
    draw();
    await refresh();
  });
}

function signOut(text = "") {
  clearTimeout(timer);
  sessionStorage.removeItem("session");
  api = new Api(config);
  draw();
  if (text) notice(text);
}

async function start(channel) {
  if (!restored()) return signOut(SIGNED_OUT);
  saysDone = false;
  element("handover").hidden = true;
  await attempt(element(`start-${channel}`), async () => {
    const answer = await api.createSession(channel);
    if (answer.web) {
      location.assign(answer.web.href);
    } else if (answer.sdk) {
      handOver(answer.sdk.token);
      await refresh();
    } else {
      notice("One moment, we are still preparing.");
      setTimeout(() => start(channel), answer.retryAfter * 1000 || POLL_MS);
    }
  });
}

function handOver(token) {
  element("token").dataset.token = token;
  element("token").textContent = `${token.slice(0, 32)}…${token.slice(-8)}`;
  element("copy").textContent = "Copy the token";
  element("handover").hidden = false;
}

async function refresh() {
  clearTimeout(timer);
  if (!restored()) return signOut(SIGNED_OUT);
  try {
    const standing = await api.verification();
    show(standing);
    // Only the person can end "pending" here or on a phone; "processing" ends by itself.
    if (["pending", "processing", "review"].includes(standing.status) && !document.hidden) {
      asked += 1;
      const usual = asked > SLOWER_AFTER ? SLOW_POLL_MS : POLL_MS;
      timer = setTimeout(refresh, Math.max(standing.retryAfter * 1000, usual));
    }
  } catch (error) {
    failed(error);
    if (error instanceof Refused && error.again) timer = setTimeout(refresh, SLOW_POLL_MS);
  }
}

async function attempt(button, work) {
  button.disabled = true;
  notice("");
  asked = 0;
  try {
    await work();
  } catch (error) {
    failed(error);
  } finally {
    button.disabled = false;
  }
}

function failed(error) {
  if (!(error instanceof Refused)) {
    notice(UNEXPECTED);
    throw error;
  }
  if (error.signedOut) return signOut(SIGNED_OUT);
  const wait = error.retryAfter ? ` Please wait ${duration(error.retryAfter)}.` : "";
  const code = error.code ? ` (${error.code})` : "";
  notice(`${error.message}${error.again && !wait ? " Please try again." : wait}${code}`);
}

function duration(seconds) {
  if (seconds < 120) return `${seconds} seconds`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`;
}

function draw() {
  const person = restored();
  element("welcome").hidden = Boolean(person);
  element("person").hidden = !person;
  element("person-name").textContent = person?.name ?? "";
  element("verification").hidden = true;
  element("handover").hidden = true;
  notice("");
}

function drawPeople() {
  for (const user of config.users) {
    const button = document.createElement("button");
    button.textContent = `Sign in as ${user.name}`;
    button.addEventListener("click", () => signIn(user, button));
    element("people").append(button);
  }
}

function show({ status: known, retry }) {
  const status = known === "pending" && saysDone && asked < SLOWER_AFTER ? "processing" : known;
  const text = STATUS[status];
  const open = ["none", "pending"].includes(status);
  const again = ["declined", "expired"].includes(status) && retry.allowed;
  element("verification").hidden = false;
  element("verification").dataset.status = status;
  element("badge").textContent = text.badge;
  element("headline").textContent = text.headline;
  element("explanation").textContent = text.explanation;
  element("progress").hidden = status !== "processing";
  element("start-web").hidden = element("start-sdk").hidden = !(open || again);
  element("start-web").textContent = again ? "Try again" : status === "none" ? "Verify my identity" : "Go on";
  element("attempts").textContent = attemptsLeft(status, retry);
  if (!open) element("handover").hidden = true;
}

function attemptsLeft(status, retry) {
  if (!["declined", "expired"].includes(status)) return "";
  if (retry.allowed) return `Tries left: ${retry.remaining}`;
  return retry.after ? `You can try again in ${duration(retry.after)}.` : "";
}

function notice(text) {
  element("notice").hidden = !text;
  element("notice").textContent = text;
}
