// Going on somewhere else: a code for the phone, a token for the app, a frame on this page.

import { readMessage } from "/client/verification-client.js";
import { h } from "/render.js";
import { generate } from "/vendor/lean-qr.mjs";

const SVG = "http://www.w3.org/2000/svg";
const QUIET = 4; // modules of white around the code, as its standard wants

// The address as a picture: it is drawn here, so that nobody else ever sees it.
export function code(address) {
  const drawn = generate(address);
  let path = "";
  for (let y = 0; y < drawn.size; y += 1) {
    for (let x = 0; x < drawn.size; x += 1) {
      if (drawn.get(x, y)) path += `M${x + QUIET} ${y + QUIET}h1v1h-1z`;
    }
  }
  const svg = document.createElementNS(SVG, "svg");
  const size = drawn.size + 2 * QUIET;
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", path);
  for (const [name, value] of Object.entries({
    class: "qr",
    viewBox: `0 0 ${size} ${size}`,
    role: "img",
    "aria-label": "Code for your phone's camera",
    "shape-rendering": "crispEdges",
  }))
    svg.setAttribute(name, value);
  svg.append(shape);
  return svg;
}

// The token as a person may copy it; the page keeps it nowhere else.
export function token(value) {
  const copy = h("button", { class: "secondary", type: "button" }, "Copy the token");
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(value); // there is no clipboard on plain http elsewhere
      copy.textContent = "Copied";
    } catch {
      copy.textContent = "Copying is not allowed here: select the token above";
    }
  });
  return [
    h("output", { class: "token", id: "token", tabindex: "0", "aria-label": "Token" }, value),
    h("p", { class: "small" }, "No phone with the app at hand? A terminal can stand for it:"),
    h("pre", { class: "small", tabindex: "0" }, ".venv/bin/python -m local sdk TOKEN"),
    h("div", { class: "stack" }, copy),
  ];
}

// A tab that the browser lets us open, because it is opened while the person presses the button.
export function newTab(address = "about:blank") {
  const tab = window.open(address, "_blank");
  if (tab) tab.opener = null;
  return tab;
}

// Jumio's frame: on the page from the start, with an address only as long as somebody uses it.
export class Frame {
  #section = document.getElementById("frame");
  #window = document.querySelector("#frame iframe").contentWindow;
  #origin = null;

  // `heard` gets what Jumio's page in the frame says; nobody else is listened to.
  constructor(heard, closed) {
    addEventListener("message", (event) => {
      if (!this.#origin) return;
      const said = readMessage(event, { origin: this.#origin, source: this.#window });
      if (said) heard(said);
    });
    document.getElementById("frame-close").addEventListener("click", closed);
  }

  open(address) {
    this.#origin = new URL(address).origin;
    this.#section.hidden = false;
    this.#window.location.replace(address);
  }

  close() {
    if (!this.#origin) return;
    this.#origin = null;
    this.#section.hidden = true;
    this.#window.location.replace("about:blank");
    performance.clearResourceTimings(); // they name the address, with its token
  }
}
