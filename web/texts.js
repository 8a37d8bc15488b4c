// What people read. The API speaks in codes; an app decides what it makes of them.

// By the status of GET /verification.
export const STATUS = {
  none: {
    badge: "Step 2 of 2",
    headline: "Show us who you are",
    explanation: "Have your passport or identity card ready. It takes about two minutes.",
  },
  pending: {
    badge: "Not finished",
    headline: "You are half way",
    explanation: "You began to verify your identity. Go on where you left off.",
  },
  processing: {
    badge: "In progress",
    headline: "Thank you, we are checking",
    explanation: "This takes a moment. You can close the page and come back later.",
  },
  approved: {
    badge: "Done",
    headline: "Welcome aboard",
    explanation: "Your identity is verified and your account is open.",
  },
  review: {
    badge: "In review",
    headline: "A colleague takes a look",
    explanation: "We need a little longer. There is nothing that you have to do.",
  },
  declined: {
    badge: "Not verified",
    headline: "That did not work",
    explanation: "We could not verify your identity with what we received.",
  },
  expired: {
    badge: "Expired",
    headline: "The time ran out",
    explanation: "The verification was not finished in time. You can begin again.",
  },
};

// By the code of a problem; `again` offers another try.
export const PROBLEM = {
  "session-busy": { text: "We are still preparing your verification.", again: true },
  "verification-in-progress": { text: "Your last verification is still being checked." },
  "already-verified": { text: "Your identity is already verified." },
  "not-eligible": { text: "We cannot offer you this account." },
  "attempts-exhausted": { text: "That was one try too many. Please come back later." },
  "provider-busy": { text: "Many people are verifying right now.", again: true },
  "provider-unavailable": { text: "Verification is not available at the moment.", again: true },
  "channel-unavailable": { text: "That way is not available; please try the other one." },
};

export const UNEXPECTED = "Something went wrong on our side. Please try again later.";
export const SIGNED_OUT = "Please sign in again.";
export const OFFLINE = "We cannot be reached. Check your connection, then try again.";

// When the browser was sent back with an error.
export const INTERRUPTED = "The verification was interrupted. You can try again.";
