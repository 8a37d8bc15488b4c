// What only a demonstration has: new people at a click, and a say in what comes of them.

import { ask } from "/identity.js";

const element = (id) => document.getElementById(id);

export async function people() {
  const answer = await fetch("/demo/people");
  return (await answer.json()).people;
}

// `changed` is called when there is somebody new, `startedOver` when a person is a stranger again.
export async function panel({ identity, changed, startedOver }) {
  const { chosen, scenarios } = await (await fetch("/demo/scenario")).json();
  const select = element("demo-scenario");
  const does = new Map(scenarios.map((one) => [one.name, one.does]));
  const describe = () => (element("demo-does").textContent = does.get(select.value));
  select.replaceChildren(
    ...scenarios.map(({ name }) => new Option(label(name), name, false, name === chosen)),
  );
  describe();
  select.addEventListener("change", async () => {
    describe();
    await ask("PUT", "/demo/scenario", { name: select.value });
  });
  element("demo-new").addEventListener("click", async () => {
    const person = await (await ask("POST", "/demo/people", {})).json();
    element("demo-said").textContent = `${person.name} is new, and can sign in.`;
    changed();
  });
  element("demo-over").addEventListener("click", async () => {
    const { username } = identity.person;
    await ask("PUT", `/demo/people/${username}`, {});
    select.value = "interactive";
    describe();
    startedOver(username);
  });
  element("demo").hidden = false;
}

export function offerStartingOver(person) {
  element("demo-said").textContent = "";
  element("demo-over").hidden = !person;
  if (person) element("demo-over").textContent = `Forget everything about ${person.name}`;
}

function label(name) {
  return name === "interactive"
    ? "You decide, on Jumio's page"
    : name.charAt(0).toUpperCase() + name.slice(1);
}
