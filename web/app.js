// The page of a made-up bank: sign in, choose, verify, come back, see how it stands.

import { VerificationClient, VerificationError, readReturn } from "/client/verification-client.js";
import { offerStartingOver, panel, people } from "/demo.js";
import { nested } from "/form.js";
import { Frame, newTab } from "/handover.js";
import { Identity } from "/identity.js";
import { memory } from "/memory.js";
import { clear, show, tell } from "/render.js";
import * as views from "/views.js";
import { NOTICE, OFFERS } from "/words.js";

const identity = new Identity(() => leave());
const frame = new Frame(heardFromFrame, () => look());
let config = null;
let client = null;
let offer = null;
let going = new AbortController(); // whatever is under way for what is shown
let watching = false;
let holds = false; // what is shown stays until the person has done something elsewhere
let answers = {}; // what the person told us, in memory only, until they leave the offer
let asked = 0;

const go = {
  start,
  look: () => look(),
  home: () => visit("/"),
  signOut,
  unfinished,
  frames: false,
};

async function boot() {
  show(views.loading);
  try {
    const response = await fetch("/config.json", { signal: AbortSignal.timeout(15_000) });
    config = await response.json();
    if (!config.api) throw new Error("an empty configuration");
    await identity.recall();
  } catch {
    addEventListener("online", boot, { once: true });
    return show(views.pageBroken(boot));
  }
  removeEventListener("online", boot);
  go.frames = Boolean(config.jumio);
  panel({
    identity,
    changed: () => identity.person || welcome(),
    startedOver: (username) => signIn(username),
  }).catch(() => {});
  await route();
}

// Shows what the address names. Every address is the same page.
async function route({ byPerson = false } = {}) {
  halt();
  const came = wayBack();
  drawPerson();
  client ??= identity.person && clientOf(identity);
  if (!identity.person)
    return came ? show(views.elsewhere(() => welcome({ byPerson: true }))) : welcome({ byPerson });
  const slug = /^\/verify\/([a-z0-9-]+)$/.exec(location.pathname)?.[1];
  const next = offers().find((one) => one.slug === slug) ?? null;
  if (next !== offer) answers = {};
  offer = next;
  if (!offer)
    return show(
      views.home(offers(), (one) => visit(`/verify/${one.slug}`)),
      { asked: byPerson },
    );
  memory.offer = offer.slug;
  if (offer.claim) await identity.recall(offer.claim).catch(() => {});
  return watch({ byPerson });
}

// One for each person: it remembers their token, and what they asked for without an answer.
function clientOf(somebody) {
  return new VerificationClient({
    api: config.api,
    token: ({ rejected }) => somebody.token(rejected),
  });
}

function visit(path) {
  if (location.pathname !== path) history.pushState(null, "", path);
  return route({ byPerson: true });
}

// The journeys of this deployment in the page's words; one without words has its name.
function offers() {
  const unknown = config.journeys.filter((name) => !OFFERS.some(({ journey }) => journey === name));
  const plain = unknown.map((name) => ({
    slug: name,
    journey: name,
    icon: "document",
    name,
    about: "",
  }));
  return [...OFFERS.filter(({ journey }) => config.journeys.includes(journey)), ...plain];
}

// How the browser got here, if the hosted page sent it back. What the address says about accounts
// and results may be made up, is of no use, and does not stay in the history.
function wayBack() {
  const [, path] = /^\/return\/(success|error)$/.exec(location.pathname) ?? [];
  if (!path) {
    if (location.search || location.hash) history.replaceState(null, "", location.pathname);
    return false;
  }
  const said = readReturn(location.href);
  const slug = memory.offer ?? OFFERS[0].slug;
  history.replaceState(null, "", `/verify/${slug}`);
  const contradicts = said.ended && said.ended !== path;
  if (!contradicts)
    memory.came(slug, { ended: path, code: said.code, advice: said.advice ?? "resume" });
  return true;
}

async function welcome({ byPerson = false, text } = {}) {
  try {
    show(views.welcome(await people(), signIn, { text }), { asked: byPerson });
  } catch {
    show(views.pageBroken(() => welcome({ byPerson: true })));
  }
}

async function signIn(username) {
  halt();
  answers = {};
  client = null;
  show(views.loading, { asked: true });
  try {
    await identity.signIn(username);
  } catch {
    return show(views.pageBroken(() => signIn(username)));
  }
  return route({ byPerson: true });
}

async function signOut() {
  leave();
  await identity.signOut();
}

// Nothing of the person stays: not on the page, not in memory, not in the address.
function leave() {
  halt();
  answers = {};
  offer = null;
  client = null;
  memory.clear();
  clear();
  history.replaceState(null, "", "/");
  identity.person = null;
  drawPerson();
  return welcome({ byPerson: true });
}

function drawPerson() {
  const { person } = identity;
  document.getElementById("person").hidden = !person;
  document.getElementById("person-name").textContent = person?.name ?? "";
  offerStartingOver(person);
}

// Ends whatever is under way, and takes it off the page.
function halt() {
  going.abort();
  going = new AbortController();
  holds = false;
  frame.close();
  tell("");
  return going.signal;
}

function look() {
  halt();
  return watch({ byPerson: true });
}

// Follows how it stands, as long as there is something to wait for.
async function watch({ byPerson = false, quiet = false } = {}) {
  const { signal } = going;
  if (!quiet) show(views.loading, { asked: byPerson });
  watching = true;
  const returned = memory.hint(offer.slug)?.ended === "success";
  const what = { journey: offer.journey, signal, returned };
  try {
    for await (const { standing, trouble } of client.watch(what)) {
      if (trouble) troubled(trouble);
      else settled(standing, byPerson);
      byPerson = false;
    }
  } catch (error) {
    if (!signal.aborted) failed(error, { again: look });
  }
  if (!signal.aborted) watching = false;
}

function settled(standing, byPerson) {
  tell("");
  const open = ["none", "pending"].includes(standing.status);
  if (open && holds) return;
  holds = false;
  frame.close();
  const hint = memory.hint(offer.slug);
  if (standing.status === "pending" && hint?.ended === "success")
    show(views.returned(offer, go), { asked: byPerson });
  else if (standing.status === "pending" && hint)
    show(views.interrupted(hint.advice, offer, go), { asked: byPerson });
  else show(views.standing(standing, offer, go), { asked: byPerson });
}

function troubled(error) {
  if (document.querySelector("[data-view=loading], [data-view^=trouble]"))
    show(views.trouble(error, { again: look, watched: true }, go));
  else tell(NOTICE[error.kind]);
}

function unfinished() {
  memory.goesOn();
  return look();
}

async function start(way, { renew = false } = {}) {
  const tab = way === "tab" ? newTab() : null;
  const signal = halt();
  watching = false;
  memory.goesOn();
  const wait = (why) => show(views.starting(why, go), { asked: why === "start" });
  wait("start");
  try {
    const session = await client.start(request(way, renew), { signal, onWait: wait });
    begin(way, session, tab);
  } catch (error) {
    tab?.close();
    if (!signal.aborted) notStarted(error, way, renew);
  }
}

function request(way, renew) {
  const language = /^[a-z]{2}(-[A-Z]{2})?$/.test(navigator.language)
    ? navigator.language
    : undefined;
  const told = nested(answers);
  return {
    channel: way === "app" ? "sdk" : "web",
    journey: offer.journey,
    ...(way !== "app" && language && { locale: language }),
    ...(renew && { renew }),
    ...((offer.consent || told.consent) && { consent: { ...offer.consent, ...told.consent } }),
    ...(told.applicant && { applicant: told.applicant }),
  };
}

function begin(way, session, tab) {
  if (session.kind === "done") {
    tab?.close();
    return look();
  }
  if (way === "here") {
    show(views.leaving);
    return location.assign(session.href);
  }
  const open = () => newTab(session.href);
  if (tab) tab.location.replace(session.href);
  holds = true;
  if (way === "phone") show(views.onPhone(session.href, go), { asked: true });
  if (way === "app") show(views.inApp(session.token, go), { asked: true });
  if (way === "tab") show(views.inTab(tab ? null : open, go), { asked: true });
  if (way === "frame") {
    show(views.inFrame, { asked: true });
    frame.open(session.href);
  }
  return watch({ quiet: true });
}

function notStarted(error, way, renew) {
  const again = () => start(way, { renew });
  if (error.kind === "in-progress" || error.kind === "verified") return look();
  if (error.kind !== "ask") return failed(error, { again, channel: way === "app" ? "sdk" : "web" });
  const submitted = (told) => {
    answers = told;
    return again();
  };
  asked += 1;
  show(views.details(error.fields, offer, { answers, key: asked, submitted }, go), { asked: true });
  return document.querySelector("[aria-invalid=true]")?.focus();
}

function failed(error, what) {
  const known = error instanceof VerificationError;
  show(views.trouble(known ? error : new VerificationError("broken"), what, go), { asked: true });
  if (!known) throw error;
}

function heardFromFrame({ value, code, advice }) {
  if (value === "loaded") return;
  memory.came(offer.slug, { ended: value, code, advice: advice ?? "resume" });
  look();
}

document.getElementById("sign-out").addEventListener("click", signOut);
document.querySelector(".brand").addEventListener("click", (event) => {
  event.preventDefault();
  if (config) visit("/");
});
addEventListener("popstate", () => config && route({ byPerson: true }));
// Back from Jumio's page by the browser's own button: the page may be as it was left.
addEventListener("pageshow", (event) => event.persisted && config && route());
// What does not change by itself may have changed all the same.
document.addEventListener("visibilitychange", () => {
  const still = document.querySelector("[data-view^=status-]");
  if (!document.hidden && still && !watching && identity.person) watch({ quiet: true });
});
boot();
