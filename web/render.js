// Puts one view after the other on the page: what a person sees, hears and can press.

const NAME = "Harbour Savings";
const main = document.getElementById("main");
const place = document.getElementById("view");
const facts = document.getElementById("facts"); // what is good to know before one begins
const notice = document.getElementById("notice");
const announcer = document.getElementById("announce");
let shown = "";

// An element; text is text, never markup.
export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(
    ...children.filter((child) => child !== null && child !== undefined && child !== ""),
  );
  return element;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

// {id, key, tone, icon, badge, title, text, note, more: [nodes], actions: [{label, does, quiet}],
// busy, facts}. What is shown already stays as it is; `key` tells views of the same words apart.
// `asked`: the person did something that led here, so the focus follows to the new content.
export function show(view, { asked = false } = {}) {
  const labels = (view.actions ?? []).map((action) => action && action.label);
  const said = JSON.stringify([view.id, view.key, view.title, view.text, view.note, labels]);
  if (said === shown) return;
  shown = said;
  const held = place.contains(document.activeElement) || document.activeElement === document.body;
  const heading = h("h1", { tabindex: "-1", id: "headline" }, view.title);
  const card = h(
    "section",
    { class: "card", "data-view": view.id, "data-tone": view.tone, "aria-labelledby": "headline" },
    view.icon ? h("div", { class: "sign" }, icon(view.icon)) : null,
    view.badge ? h("p", { class: "badge" }, view.badge) : null,
    heading,
    view.text ? h("p", { class: "lead" }, view.text) : null,
    view.busy ? h("div", { class: "progress" }) : null,
    view.note ? h("p", { class: "note" }, view.note) : null,
    ...(view.more ?? []),
    buttons(view.actions ?? []),
  );
  place.replaceChildren(card);
  facts.hidden = !view.facts;
  main.setAttribute("aria-busy", String(Boolean(view.busy)));
  document.title = `${view.title} | ${NAME}`;
  if (asked) window.scrollTo({ top: 0 });
  if (asked || (held && view.id !== "loading" && hasBeenUsed()))
    heading.focus({ preventScroll: true });
  else announce(`${view.title}. ${view.text ?? ""}`);
}

function buttons(actions) {
  const offered = actions.filter(Boolean);
  if (!offered.length) return null;
  return h(
    "div",
    { class: "stack" },
    ...offered.map(({ label, does, quiet }) =>
      h("button", { class: quiet ? "secondary" : "primary", type: "button", onclick: does }, label),
    ),
  );
}

// What passes by itself; gone when what it says is over.
export function tell(text) {
  if (notice.textContent === text) return;
  notice.hidden = !text;
  notice.textContent = text;
  if (text) announce(text);
}

function announce(text) {
  announcer.textContent = text;
}

// Nothing of the last person stays on the page.
export function clear() {
  shown = "";
  tell("");
  announce("");
  place.replaceChildren();
}

let used = false;
for (const kind of ["pointerdown", "keydown"]) {
  addEventListener(kind, () => (used = true), { once: true, capture: true });
}
function hasBeenUsed() {
  return used;
}
