// Every state of the page as what it shows: the truth, and one sensible thing to do next.

import { form } from "/form.js";
import { code, token } from "/handover.js";
import { h, icon } from "/render.js";
import * as words from "/words.js";

const TONES = {
  approved: "good",
  processing: "calm",
  review: "calm",
  declined: "bad",
  expired: "warn",
  lapsed: "warn",
};
const ENDED = ["approved", "lapsed", "declined", "expired"];

export const loading = { id: "loading", title: "One moment", text: "", busy: true };

export function pageBroken(again) {
  return {
    id: "page-broken",
    tone: "warn",
    ...words.PAGE_BROKEN,
    actions: [{ label: "Try again", does: again }],
  };
}

export function welcome(
  people,
  signIn,
  { text = words.WELCOME.text, title = words.WELCOME.title } = {},
) {
  // Those whom everybody knows, and the newest.
  const some = people.length > 6 ? [...people.slice(0, 2), ...people.slice(-4)] : people;
  const actions = some.map(({ name, username }, number) => ({
    label: `Sign in as ${name}`,
    does: () => signIn(username),
    quiet: number > 0,
  }));
  return { id: "welcome", icon: "person", title, text, facts: true, actions };
}

// Somebody came back from Jumio's page to a browser in which nobody is signed in: their phone.
export function elsewhere(signIn) {
  return {
    id: "elsewhere",
    icon: "phone",
    title: "You can go back now",
    text: "If you began on another device, it goes on there by itself. You can close this page.",
    actions: [{ label: "Sign in here", does: signIn, quiet: true }],
  };
}

export function home(offers, choose) {
  const cards = offers.map((offer) =>
    h(
      "li",
      {},
      h(
        "button",
        { class: "offer", type: "button", onclick: () => choose(offer) },
        icon(offer.icon),
        h("span", {}, h("strong", {}, offer.name), h("span", { class: "hint" }, offer.about)),
      ),
    ),
  );
  return {
    id: "home",
    title: words.HOME.title,
    text: words.HOME.text,
    facts: true,
    more: [h("ul", { class: "offers" }, ...cards)],
  };
}

// How it stands, in the words of this offer.
export function standing({ status, retry, hint }, offer, go) {
  const known = Object.hasOwn(words.STATUS, status);
  const said = {
    ...(known ? words.STATUS[status] : words.OTHER_STATUS),
    ...(offer.quick ? words.QUICK[status] : {}),
    ...(Object.hasOwn(words.HINTS, hint ?? "") && { text: words.HINTS[hint] }),
  };
  const again = (ENDED.includes(status) || !known) && retry.allowed;
  const view = {
    id: `status-${status}`,
    tone: TONES[status],
    ...said,
    busy: status === "processing",
  };
  view.facts = ["none", "pending"].includes(status) && !offer.quick;
  if (offer.quick && status === "pending") view.busy = true;
  if (status === "pending" && !offer.quick) Object.assign(view, ways(offer, go, "Go on"));
  const waits = status === "none" && !retry.allowed && retry.after > 0;
  if (waits) view.actions = [{ label: "Look again", does: go.look }, somethingElse(go)];
  else if (status === "none") Object.assign(view, ways(offer, go, words.WAYS.here));
  if (again)
    Object.assign(view, ways(offer, go, status === "approved" ? "Do it again" : "Try again"));
  if (!view.actions?.length) view.actions = waiting(status, go);
  view.note = waits ? later(retry) : attempts(status, retry);
  return view;
}

const somethingElse = (go) => ({ label: "Choose something else", does: go.home, quiet: true });
const later = ({ after }) => `You can try again ${words.when(after)}.`;

function waiting(status, go) {
  const other = somethingElse(go);
  if (["review", "processing", "pending"].includes(status))
    return [status === "review" && { label: "Look again", does: go.look, quiet: true }, other];
  return status === "approved" ? [{ label: "Go on", does: go.home }] : [other];
}

function attempts(status, retry) {
  if (!["declined", "expired"].includes(status)) return "";
  if (retry.allowed)
    return retry.remaining === 1
      ? "You have one try left."
      : `You have ${retry.remaining} tries left.`;
  return retry.after
    ? later(retry)
    : "Please come to one of our branches: we find another way there.";
}

// The way that most people take, the phone, and the rest when asked for.
function ways(offer, go, label, how = {}) {
  const first = {
    label: offer.quick && label === words.WAYS.here ? "Check my details" : label,
    does: () => go.start("here", how),
  };
  if (offer.quick) return { actions: [first] };
  const more = ["tab", go.frames && "frame", "app"].filter(Boolean);
  const rest = more.map((way) =>
    h(
      "button",
      { class: "quiet", type: "button", onclick: () => go.start(way, how) },
      words.WAYS[way],
    ),
  );
  return {
    actions: [first, { label: words.WAYS.phone, does: () => go.start("phone", how), quiet: true }],
    more: [
      h(
        "details",
        { class: "ways" },
        h("summary", {}, "Other ways"),
        h("div", { class: "stack" }, ...rest),
      ),
    ],
  };
}

// The way back said that it went well; the API does not know yet, or it was not true.
export function returned(offer, go) {
  return {
    id: "returned",
    tone: "calm",
    ...words.RETURNED,
    busy: true,
    actions: [{ label: "I have not finished", does: go.unfinished, quiet: true }],
  };
}

// The way back, or the frame, told of an error.
export function interrupted(advice, offer, go) {
  const { action, ...said } = words.ADVICE[advice];
  const how = { renew: ["renew", "give-up", "configuration"].includes(advice) };
  const view = { id: `interrupted-${advice}`, tone: "warn", badge: "Not finished", ...said };
  if (advice === "other-device") {
    view.actions = [
      { label: action, does: () => go.start("phone", how) },
      { label: "Try here again", does: () => go.start("here", how), quiet: true },
    ];
    return view;
  }
  return { ...view, ...ways(offer, go, action, how) };
}

export function starting(why, go) {
  return {
    id: `starting-${why}`,
    ...words.WAITING[why],
    busy: true,
    actions: [{ label: "Cancel", does: go.look, quiet: true }],
  };
}

export const leaving = {
  id: "leaving",
  title: "Taking you to the identity check",
  text: "It opens in a moment.",
  busy: true,
};

export function details(fields, offer, { answers, key, submitted }, go) {
  const consent = fields.every(({ field }) => field.startsWith("consent."));
  return {
    id: "details",
    key,
    icon: "list",
    title: consent ? "Your consent" : "A few details",
    text: consent
      ? "The law where you live wants us to ask you first."
      : "We need them to go on, and use them for this check only.",
    more: [form({ fields, optional: offer.asks, answers, submitted })],
    actions: [somethingElse(go)],
  };
}

export function onPhone(href, go) {
  return {
    id: "on-phone",
    key: href,
    title: "Go on with your phone",
    text: "Point its camera at the code and open the address. This page goes on by itself when you are done.",
    more: [
      code(href),
      h("p", { class: "small" }, "In this demonstration the address works on this machine only."),
    ],
    busy: true,
    actions: [{ label: "Back", does: go.look, quiet: true }],
  };
}

export function inApp(value, go) {
  return {
    id: "in-app",
    key: value,
    title: "For our mobile app",
    text: "The app hands this token to Jumio's SDK. It is good for one identity check, for a short time.",
    more: token(value),
    actions: [{ label: "Back", does: go.look, quiet: true }],
  };
}

export function inTab(open, go) {
  return {
    id: "in-tab",
    title: open ? "Open it in a new tab" : "Go on in the new tab",
    text: "This page goes on by itself when you are done there.",
    busy: !open,
    actions: [open && { label: "Open", does: open }, { label: "Back", does: go.look, quiet: true }],
  };
}

export const inFrame = {
  id: "in-frame",
  title: "Your identity check",
  text: "It is just below. This page goes on by itself when you are done.",
};

// An error of the API, by its kind; `again` does the same thing once more, and what is `watched` is
// asked for again in any case.
export function trouble(error, { again, channel, watched = false }, go) {
  const { kind, retryAfter, requestId } = error;
  const view = { id: `trouble-${kind}`, tone: "warn", ...words.TROUBLE[kind], actions: [] };
  if (watched) view.text += ` ${words.WATCHED}`;
  const other = somethingElse(go);
  const once = { label: "Try again", does: again };
  if (retryAfter && kind !== "offline")
    view.text += ` You can try again ${words.when(retryAfter)}.`;
  if (kind === "signed-out")
    view.actions = [
      { label: "Sign in again", does: go.signOut },
      { ...once, quiet: true },
    ];
  else if (kind === "exhausted" || kind === "not-eligible")
    view.actions = [{ ...other, quiet: false }];
  else if (kind === "other-channel" && channel === "sdk")
    view.actions = [{ label: words.WAYS.here, does: () => go.start("here") }, other];
  else if (kind === "other-channel")
    view.actions = [{ label: words.WAYS.app, does: () => go.start("app") }, other];
  else view.actions = [once, other];
  if (kind === "broken" && requestId)
    view.more = [
      h(
        "p",
        { class: "reference" },
        "If you call us, please tell us this reference: ",
        h("code", {}, requestId),
      ),
    ];
  return view;
}
