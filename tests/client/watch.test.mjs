import assert from "node:assert/strict";
import { test } from "node:test";

import { API, Backend, STANDING, answer, problem, taken, unreachable } from "./backend.mjs";

const at = (status, etag = status, wait = "5") => {
  const headers = { ETag: `W/"${etag}"`, ...(wait && { "Retry-After": wait }) };
  return answer(200, { ...STANDING, status }, headers);
};
const same = (etag, wait = "5") =>
  answer(304, undefined, { ETag: `W/"${etag}"`, "Retry-After": wait });
const words = (seen) => seen.map(({ standing, trouble }) => standing?.status ?? trouble.kind);

test("every change is told until nothing is left to wait for", async () => {
  const backend = new Backend(at("pending"), at("processing", "b", "3"), at("approved", "c", ""));
  assert.deepEqual(words(await taken(backend.client.watch())), [
    "pending",
    "processing",
    "approved",
  ]);
  assert.deepEqual(backend.slept, [5, 3]);
});

test("what is known already is neither sent nor told again", async () => {
  const backend = new Backend(at("pending", "a"), same("a"), same("a"), at("approved", "b", ""));
  assert.deepEqual(words(await taken(backend.client.watch())), ["pending", "approved"]);
  const sent = backend.asked.map(({ headers }) => headers.get("If-None-Match"));
  assert.deepEqual(sent, [null, 'W/"a"', 'W/"a"', 'W/"a"']);
});

test("the journey is named in the address", async () => {
  const backend = new Backend(at("none", "a", ""));
  await taken(backend.client.watch({ journey: "onboarding-phone" }));
  assert.equal(backend.asked[0].url, `${API}/verification?journey=onboarding-phone`);
});

test("that the person is back is said until something has come of it", async () => {
  const backend = new Backend(
    at("pending", "a", "1"),
    at("processing", "b", "3"),
    at("approved", "c", ""),
  );
  await taken(backend.client.watch({ journey: "identity", returned: true }));
  const asked = backend.asked.map(({ url }) => url.replace(`${API}/verification`, ""));
  const back = "?journey=identity&returned=true";
  assert.deepEqual(asked, [back, back, "?journey=identity"]);
});

test("when nothing happens for long, questions become rarer, but not rare", async () => {
  const going = new AbortController();
  const backend = new Backend(at("pending", "a"), same("a"));
  const wait = backend.wait.bind(backend);
  backend.wait = (milliseconds, signal) => {
    wait(milliseconds, signal);
    if (backend.slept.length === 60) going.abort();
  };
  await taken(backend.client.watch({ signal: going.signal }));
  assert.ok(backend.slept.slice(0, 20).every((seconds) => seconds === 5));
  assert.equal(Math.max(...backend.slept), 30);
});

test("trouble that passes is told, waited out, and taken back", async () => {
  const backend = new Backend(
    at("pending", "a"),
    unreachable,
    unreachable,
    same("a"),
    at("approved", "b", ""),
  );
  backend.reachable = false;
  const seen = await taken(backend.client.watch());
  assert.deepEqual(words(seen), ["pending", "offline", "offline", "pending", "approved"]);
});

test("after a failure it waits as long as it is told, and longer each time if it is not", async () => {
  const told = new Backend(
    problem(503, "provider-unavailable", { "Retry-After": "20" }),
    at("approved", "b", ""),
  );
  await taken(told.client.watch());
  assert.deepEqual(told.slept, [20]);
  const silent = new Backend(
    unreachable,
    unreachable,
    unreachable,
    unreachable,
    at("approved", "b", ""),
  );
  silent.reachable = false;
  await taken(silent.client.watch());
  assert.deepEqual(
    silent.slept,
    silent.slept.toSorted((a, b) => a - b),
  );
  assert.equal(silent.slept.length, 4);
});

test("what does not pass ends it", async () => {
  for (const [trouble, kind] of [
    [problem(404, "unknown-journey"), "broken"],
    [problem(403, "forbidden"), "signed-out"],
  ]) {
    await assert.rejects(taken(new Backend(trouble).client.watch()), { kind });
  }
});

test("while nobody sees the page nothing is asked", async () => {
  const backend = new Backend(at("approved", "a", ""));
  backend.hidden = () => backend.slept.length < 3;
  await taken(backend.client.watch());
  assert.equal(backend.slept.length, 3);
  assert.equal(backend.asked.length, 1);
});

test("an abort ends it without an error", async () => {
  const going = new AbortController();
  const backend = new Backend(at("pending"));
  for await (const seen of backend.client.watch({ signal: going.signal })) {
    assert.equal(seen.standing.status, "pending");
    going.abort();
  }
  assert.equal(backend.asked.length, 1);
});

test("one look is one question", async () => {
  const backend = new Backend(at("declined", "a", ""));
  assert.equal((await backend.client.verification({ journey: "identity" })).status, "declined");
  assert.equal(backend.asked.length, 1);
});

test("the gateway's own troubles, where they can be read, pass", async () => {
  for (const status of [429, 500, 502, 503, 504]) {
    const gateway = answer(status, { message: "x" }, { "Content-Type": "application/json" });
    await assert.rejects(new Backend(gateway).client.verification(), {
      kind: "unavailable",
      status,
    });
  }
});
