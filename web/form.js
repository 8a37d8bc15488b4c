// The form for what the API wants to know about a person, with its errors at the fields.

import { h } from "/render.js";
import { AGREE, MISSING, OPTIONS, fieldWords, wrongWords } from "/words.js";

// `fields` as the API named them, `optional` more names, `answers` what was filled in before.
export function form({ fields, optional = [], answers, submitted }) {
  const reasons = new Map(fields.map(({ field, reason }) => [field, reason]));
  // When somebody agreed is not asked; it is noted.
  const wanted = [...reasons.keys()].filter((name) => name !== "consent.obtainedAt");
  const known = Object.keys(answers).filter(
    (name) => !reasons.has(name) && name !== "consent.obtainedAt",
  );
  const names = [...new Set([...known, ...wanted, ...optional])];
  const rows = names.map((name) => {
    const error = reasons.has(name) && reasons.get(name) !== "needed" ? wrongWords(name) : "";
    return row(name, { value: answers[name], error, optional: optional.includes(name) });
  });
  const element = h(
    "form",
    { novalidate: true },
    ...rows.map(({ node }) => node),
    h("div", { class: "stack" }, h("button", { class: "primary" }, "Go on")),
  );
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    const bad = rows.filter((one) => !one.check());
    if (bad.length) bad[0].focus();
    else submitted(collected(rows));
  });
  return element;
}

function collected(rows) {
  const answers = {};
  for (const { name, value } of rows) {
    if (name === "consent.obtained") {
      answers[name] = "yes";
      answers["consent.obtainedAt"] = new Date().toISOString();
    } else if (value()) {
      answers[name] = value();
    }
  }
  return answers;
}

function row(name, { value = "", error, optional }) {
  const words = fieldWords(name);
  const id = name.replaceAll(".", "-");
  const ticked = words.type === "checkbox";
  const input = control(words, { id, value, ticked });
  const problem = h("span", { class: "wrong", id: `${id}-wrong` }, error);
  const hint = words.hint ? h("span", { class: "hint", id: `${id}-hint` }, words.hint) : null;
  input.setAttribute("aria-describedby", `${id}-wrong${hint ? ` ${id}-hint` : ""}`);
  input.toggleAttribute("required", !optional);
  const mark = (text) => {
    problem.textContent = text;
    input.setAttribute("aria-invalid", String(Boolean(text)));
  };
  mark(error);
  const label = h(
    "label",
    { for: id },
    words.label,
    optional ? h("span", { class: "hint" }, " (if you like)") : null,
  );
  return {
    name,
    node: h(
      "p",
      { class: ticked ? "field tick" : "field" },
      ...(ticked ? [input, label] : [label, hint, input]),
      problem,
    ),
    value: () => (ticked ? input.checked : tidy(words, input.value)),
    focus: () => input.focus(),
    check() {
      const filled = optional || (ticked ? input.checked : input.value.trim());
      mark(filled ? "" : ticked ? AGREE : MISSING);
      return Boolean(filled);
    },
  };
}

function control(words, { id, value, ticked }) {
  if (words.options) {
    const choices = [["", "Please choose"], ...OPTIONS[words.options]];
    const options = choices.map(([code, text]) =>
      h("option", { value: code, selected: code === value }, text),
    );
    return h("select", { id, autocomplete: words.autocomplete }, ...options);
  }
  const type = words.type ?? "text";
  return h("input", {
    id,
    type,
    autocomplete: words.autocomplete,
    value: ticked ? null : value,
    checked: ticked && Boolean(value),
  });
}

// People write numbers with spaces, dashes and brackets.
function tidy(words, text) {
  return words.type === "tel" ? text.replace(/[\s()/-]/g, "") : text.trim();
}

// {"applicant.address.country": "AT"} as the request wants it: {applicant: {address: {country: "AT"}}}.
export function nested(answers) {
  const body = {};
  for (const [name, value] of Object.entries(answers)) {
    const path = name.split(".");
    const last = path.pop();
    let inside = body;
    for (const part of path) inside = inside[part] ??= {};
    inside[last] = value;
  }
  return body;
}
