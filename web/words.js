// What people read. The API speaks in codes; an app decides what it makes of them.

// What can be chosen; `journey` as it is configured, `asks` for what may be sent but is not demanded.
export const OFFERS = [
  {
    slug: "identity",
    journey: "identity",
    icon: "document",
    name: "Open a savings account",
    about: "With an identity check. About two minutes.",
  },
  {
    slug: "identity-usa",
    journey: "identity",
    icon: "document",
    name: "Open an account from the USA",
    about: "The same, with the consent that the law there wants.",
    consent: { country: "US" },
  },
  {
    slug: "onboarding",
    journey: "onboarding",
    icon: "list",
    name: "E-mail first",
    about: "We check your e-mail address, then your identity.",
    claim: "email",
  },
  {
    slug: "onboarding-phone",
    journey: "onboarding-phone",
    icon: "phone",
    name: "Phone number first",
    about: "We check your phone number, then your identity.",
  },
  {
    slug: "reverify",
    journey: "reverify",
    icon: "person",
    name: "Show that it is you",
    about: "For customers: a short look into the camera.",
  },
  {
    slug: "screening-only",
    journey: "screening-only",
    icon: "list",
    name: "Check my name",
    about: "A few details, no pictures.",
    quick: true,
    asks: ["applicant.dateOfBirth", "applicant.address.country"],
  },
];

export const HOME = {
  title: "What would you like to do?",
  text: "Choose one. You can come back and go on at any time.",
};

export const WELCOME = {
  title: "Save for what comes next",
  text: "Sign in to open your account. This is a demonstration: the people are invented.",
};

// By the status of GET /verification. `title` is the headline and the page's title.
export const STATUS = {
  none: {
    badge: "Not started",
    icon: "document",
    title: "Show us who you are",
    text: "Have your passport or identity card ready. It takes about two minutes.",
  },
  pending: {
    badge: "Not finished",
    icon: "half",
    title: "You are half way",
    text: "You began to verify your identity. Go on where you left off.",
  },
  processing: {
    badge: "In progress",
    icon: "clock",
    title: "Thank you, we are checking",
    text: "This takes a moment, at times some minutes. You can close the page and come back later.",
  },
  approved: {
    badge: "Done",
    icon: "tick",
    title: "Welcome aboard",
    text: "Your identity is verified. There is nothing more to do.",
  },
  lapsed: {
    badge: "Out of date",
    icon: "clock",
    title: "It is time for another check",
    text: "Your identity was verified some time ago, and has to be once more.",
  },
  review: {
    badge: "In review",
    icon: "person",
    title: "A colleague takes a look",
    text: "We need a little longer, and will write to you. There is nothing that you have to do.",
  },
  declined: {
    badge: "Not verified",
    icon: "stop",
    title: "That did not work",
    text: "We could not verify your identity with what we received.",
  },
  expired: {
    badge: "Out of time",
    icon: "clock",
    title: "The time ran out",
    text: "Your last try was not finished, so nothing was decided.",
  },
};

// What helps an honest person after a refusal, by the hint of GET /verification.
export const HINTS = {
  "photo-quality":
    "The photo could not be read. Find good light, avoid reflections, and show the whole document.",
  "try-another-document":
    "This document cannot be used, as it is damaged or something on it is missing. Please take another one.",
  "document-unsupported":
    "We cannot accept this kind of document. Please take a passport, an identity card or a driving licence.",
  "not-finished": "You did not come to the end. Please start again, and take about five minutes.",
};

// A status that this page does not know yet: said without a claim.
export const OTHER_STATUS = {
  badge: "Open",
  icon: "document",
  title: "Your verification",
  text: "There is something to do before we can go on.",
};

// Screenings alone have words of their own where nothing is shown to a camera.
export const QUICK = {
  none: {
    badge: "Not started",
    icon: "list",
    title: "Tell us about you",
    text: "We need a few details, and no pictures.",
  },
  pending: {
    badge: "Not finished",
    icon: "list",
    title: "Your details are being checked",
    text: "This usually takes some seconds.",
  },
  approved: {
    badge: "Done",
    icon: "tick",
    title: "All is well",
    text: "Your details are checked. There is nothing more to do.",
  },
};

// After a return that says it went well, while the API knows nothing of it yet.
export const RETURNED = {
  badge: "In progress",
  icon: "clock",
  title: "We are waiting for your result",
  text: "If you have finished the identity check, there is nothing more to do: this page goes on by itself.",
};

// After a return with an error, by the advice for its code.
export const ADVICE = {
  resume: {
    icon: "half",
    title: "It was interrupted",
    text: "Nothing is lost. Go on where you left off.",
    action: "Go on",
  },
  renew: {
    icon: "clock",
    title: "That session is over",
    text: "The identity check could not be finished in it. Begin with a new one.",
    action: "Begin again",
  },
  ask: {
    icon: "stop",
    title: "Something was in the way",
    text: "Please allow the camera, and check your connection. Then go on.",
    action: "Go on",
  },
  "other-device": {
    icon: "phone",
    title: "This device cannot do it",
    text: "Its camera cannot be used here. Your phone can take over.",
    action: "Go on with my phone",
  },
  configuration: {
    icon: "stop",
    title: "That was our fault",
    text: "The identity check is not set up as it should be. Please try again later.",
    action: "Try again",
  },
  "give-up": {
    icon: "stop",
    title: "It ended with an error",
    text: "Begin again; if it happens once more, please call us.",
    action: "Begin again",
  },
};

// By the kind of an error.
export const TROUBLE = {
  offline: { icon: "cloud", title: "We cannot be reached", text: "Please check your connection." },
  busy: {
    icon: "clock",
    title: "Many people at once",
    text: "We are still preparing your verification.",
  },
  unavailable: {
    icon: "cloud",
    title: "Not available right now",
    text: "Our identity check does not answer at the moment. Nothing is lost.",
  },
  "signed-out": {
    icon: "key",
    title: "Please sign in again",
    text: "Your sign-in is over, or is not accepted any more.",
  },
  exhausted: {
    icon: "clock",
    title: "Please come back later",
    text: "There were too many tries in a short time.",
  },
  "not-eligible": {
    icon: "stop",
    title: "We cannot offer you this",
    text: "This offer is not open to you. Our people in the branch know other ways.",
  },
  "other-channel": {
    icon: "phone",
    title: "Please take another way",
    text: "This check is not offered that way.",
  },
  broken: {
    icon: "stop",
    title: "Something went wrong on our side",
    text: "It is not your fault, and nothing is lost. Please try again a little later.",
  },
};

export const WATCHED = "This page goes on by itself.";

export const NOTICE = {
  offline: "You are offline. This page goes on by itself when you are back.",
  busy: "It takes a little longer than usual.",
  unavailable: "We have trouble asking for your result, and keep trying.",
};

export const PAGE_BROKEN = {
  icon: "cloud",
  title: "The page could not be loaded",
  text: "Something that it needs did not arrive. Please check your connection.",
};

export const WAYS = {
  here: "Continue on this device",
  phone: "Use my phone",
  tab: "Open in a new tab",
  frame: "Stay on this page",
  app: "Use our mobile app",
};

export const WAITING = {
  start: { title: "Preparing your verification", text: "One moment, please." },
  screening: { title: "Checking your details", text: "This usually takes some seconds." },
  busy: { title: "Still preparing", text: "It takes a little longer than usual." },
};

const FIELD_NAMES = {
  "applicant.firstName": { label: "First name", autocomplete: "given-name" },
  "applicant.lastName": { label: "Last name", autocomplete: "family-name" },
  "applicant.dateOfBirth": { label: "Date of birth", type: "date", autocomplete: "bday" },
  "applicant.phoneNumber": {
    label: "Phone number",
    type: "tel",
    autocomplete: "tel",
    hint: "With the code of your country, like +43 1 234567",
  },
  "applicant.email": { label: "E-mail address", type: "email", autocomplete: "email" },
  "applicant.address.country": { label: "Country", options: "countries", autocomplete: "country" },
  "consent.country": { label: "Where you are now", options: "countries", autocomplete: "country" },
  "consent.state": { label: "State", options: "states", autocomplete: "address-level1" },
  "consent.obtained": {
    label: "I agree that my identity document and my face are checked",
    type: "checkbox",
  },
};

const WRONG = {
  "applicant.phoneNumber":
    "Please write the number with the code of your country, like +43 1 234567.",
  "applicant.dateOfBirth": "Please give a date in the past.",
  "applicant.email": "Please give a whole e-mail address.",
};

export const MISSING = "Please fill this in.";
export const AGREE =
  "Without your consent we cannot go on. Please agree, or choose something else.";

// How a field is asked for; one that is not listed is a text by its own name.
export function fieldWords(name) {
  const plain = name
    .split(".")
    .at(-1)
    .replace(/([A-Z])/g, " $1")
    .toLowerCase();
  return FIELD_NAMES[name] ?? { label: plain.charAt(0).toUpperCase() + plain.slice(1) };
}

export function wrongWords(name) {
  return WRONG[name] ?? "Please check this.";
}

export const OPTIONS = {
  countries: [
    ["AT", "Austria"],
    ["FR", "France"],
    ["DE", "Germany"],
    ["IE", "Ireland"],
    ["IT", "Italy"],
    ["NL", "Netherlands"],
    ["ES", "Spain"],
    ["CH", "Switzerland"],
    ["GB", "United Kingdom"],
    ["US", "United States"],
  ],
  states: [
    ["CA", "California"],
    ["CO", "Colorado"],
    ["FL", "Florida"],
    ["IL", "Illinois"],
    ["MA", "Massachusetts"],
    ["NY", "New York"],
    ["TX", "Texas"],
    ["WA", "Washington"],
  ],
};

// "in about 3 hours", and from a quarter of an hour on the time of day as well.
export function when(seconds, now = new Date()) {
  if (seconds < 90) return `in about ${Math.max(10, Math.ceil(seconds / 10) * 10)} seconds`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 15) return `in about ${minutes} minutes`;
  const at = new Date(now.getTime() + seconds * 1000);
  const clock = at.toLocaleTimeString("en", { hour: "numeric", minute: "2-digit" });
  if (minutes < 90) return `in about ${minutes} minutes, at ${clock}`;
  const hours = Math.round(minutes / 60);
  if (hours < 36) return `in about ${hours} hours, at ${clock}`;
  return `on ${at.toLocaleDateString("en", { weekday: "long", day: "numeric", month: "long" })}`;
}
