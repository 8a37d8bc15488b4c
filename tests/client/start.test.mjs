import assert from "node:assert/strict";
import { test } from "node:test";

import { VerificationClient, VerificationError } from "../../web/client/verification-client.js";
import { API, Backend, answer, problem, unreachable, unreadable } from "./backend.mjs";

const WEB = { channel: "web" };
const HREF = "https://example.web.emea-1.jumio.ai/web/client?authorizationToken=t";
const opened = answer(201, { web: { href: HREF } });

const refused =
  (kind, facts = {}) =>
  (error) => {
    assert.ok(error instanceof VerificationError);
    for (const [name, value] of Object.entries({ kind, ...facts })) {
      assert.deepEqual(error[name], value, name);
    }
    return true;
  };

test("a web session is an address, an SDK session a token", async () => {
  assert.deepEqual(await new Backend(opened).client.start(WEB), { kind: "web", href: HREF });
  const sdk = new Backend(answer(200, { sdk: { token: "t" } }));
  assert.deepEqual(await sdk.client.start({ channel: "sdk" }), { kind: "sdk", token: "t" });
});

test("a request says who is asking and what for, and nothing of the page", async () => {
  const backend = new Backend(opened);
  await backend.client.start({ ...WEB, journey: "identity", renew: true });
  const [asked] = backend.asked;
  assert.equal(asked.url, `${API}/sessions`);
  assert.equal(asked.headers.get("Authorization"), "Bearer token-1");
  assert.equal(asked.headers.get("Content-Type"), "application/json");
  assert.deepEqual(asked.body, { channel: "web", journey: "identity", renew: true });
});

test("what is not an address is never handed on to be opened", async () => {
  const backend = new Backend(answer(201, { web: { href: "javascript:alert(1)" } }));
  await assert.rejects(backend.client.start(WEB), refused("broken"));
});

test("a screening is waited out, with the same key", async () => {
  const running = answer(202, {}, { "Retry-After": "3" });
  const backend = new Backend(running, running, opened);
  const told = [];
  const session = await backend.client.start(WEB, { onWait: (why) => told.push(why) });
  assert.equal(session.kind, "web");
  assert.deepEqual(backend.slept, [3, 3]);
  assert.deepEqual(told, ["screening", "screening"]);
  assert.equal(new Set(backend.keys).size, 1);
});

test("when there were only screenings there is nothing left to begin", async () => {
  assert.deepEqual(await new Backend(answer(204)).client.start(WEB), { kind: "done" });
});

test("already verified after a screening of this start is the end of it, and otherwise said", async () => {
  const verified = problem(409, "already-verified");
  const screened = new Backend(answer(202, {}), verified);
  assert.deepEqual(await screened.client.start(WEB), { kind: "done" });
  await assert.rejects(new Backend(verified).client.start(WEB), refused("verified"));
});

test("a screening without an end is not waited for without an end", async () => {
  const backend = new Backend(answer(202, {}, { "Retry-After": "10" }));
  await assert.rejects(backend.client.start(WEB), refused("unavailable"));
  assert.equal(
    backend.slept.reduce((sum, one) => sum + one),
    120,
  );
});

for (const [name, trouble] of [
  ["no connection", unreachable],
  ["another request at work", problem(409, "session-busy", { "Retry-After": "2" })],
  ["too many people", problem(503, "provider-busy", { "Retry-After": "1" })],
  ["an unknown outcome", problem(502, "provider-unavailable", { "Retry-After": "5" })],
]) {
  test(`${name} is tried again with the same key`, async () => {
    const backend = new Backend(trouble, trouble, opened);
    backend.reachable = trouble !== unreachable;
    assert.equal((await backend.client.start(WEB)).kind, "web");
    assert.equal(backend.asked.length, 3);
    assert.equal(new Set(backend.keys).size, 1);
  });
}

test("what takes long is for the person to decide", async () => {
  const backend = new Backend(problem(503, "provider-busy", { "Retry-After": "60" }));
  await assert.rejects(backend.client.start(WEB), refused("busy", { retryAfter: 60 }));
  assert.equal(backend.asked.length, 1);
});

test("the same start after an answer was lost keeps its key, and gets a new one after it", async () => {
  const backend = new Backend(unreachable, unreachable, unreachable, opened);
  backend.reachable = false;
  await assert.rejects(backend.client.start(WEB), refused("offline"));
  await backend.client.start(WEB);
  assert.equal(new Set(backend.keys).size, 1);
  await backend.client.start(WEB);
  assert.equal(new Set(backend.keys).size, 2);
});

test("another request is another intention, also when the last one got no answer", async () => {
  const backend = new Backend(unreachable, unreachable, unreachable, opened);
  backend.reachable = false;
  await assert.rejects(backend.client.start(WEB), refused("offline"));
  await backend.client.start({ ...WEB, renew: true });
  assert.notEqual(backend.keys[0], backend.keys.at(-1));
});

test("a key is a quoted string that nobody can guess", async () => {
  const backend = new Backend(opened);
  await backend.client.start(WEB);
  assert.match(backend.keys[0], /^"[0-9a-f]{8}-[0-9a-f-]{27}"$/);
});

test("without a network nothing is tried in vain", async () => {
  const backend = new Backend(unreachable);
  backend.online = false;
  await assert.rejects(backend.client.start(WEB), refused("offline"));
  assert.equal(backend.asked.length, 1);
});

test("the person is asked for what is missing, field by field", async () => {
  const errors = [{ field: "applicant.phoneNumber", reason: "needed" }];
  const fields = refused("ask", { code: "applicant-required", fields: errors });
  await assert.rejects(
    new Backend(problem(422, "applicant-required", {}, errors)).client.start(WEB),
    fields,
  );
  const wrong = [{ field: "consent.state", reason: "too short" }];
  const invalid = new Backend(problem(400, "invalid-request", {}, wrong));
  await assert.rejects(invalid.client.start(WEB), refused("ask", { fields: wrong }));
});

test("the person is never asked for what only we can mend", async () => {
  const errors = [{ field: "claim:email", reason: "needed" }];
  const backend = new Backend(problem(422, "applicant-required", { "X-Request-Id": "r" }, errors));
  await assert.rejects(backend.client.start(WEB), refused("broken", { requestId: "r" }));
});

for (const [status, code, kind] of [
  [403, "not-eligible", "not-eligible"],
  [403, "forbidden", "signed-out"],
  [404, "unknown-journey", "broken"],
  [409, "verification-in-progress", "in-progress"],
  [422, "channel-unavailable", "other-channel"],
  [429, "attempts-exhausted", "exhausted"],
  [500, "internal", "broken"],
  [502, "provider-rejected", "broken"],
  [418, "of-tomorrow", "broken"],
]) {
  test(`${code} is ${kind}, and not tried again`, async () => {
    const backend = new Backend(
      problem(status, code, { "Retry-After": "3600", "X-Request-Id": "r" }),
    );
    const facts = { code, status, retryAfter: 3600, requestId: "r" };
    await assert.rejects(backend.client.start(WEB), refused(kind, facts));
    assert.equal(backend.asked.length, 1);
  });
}

test("an answer that is no JSON is ours to mend", async () => {
  const cut = () => new Response('{"web": {"hr', { status: 201 });
  await assert.rejects(new Backend(cut).client.start(WEB), refused("broken"));
});

test("a start can be given up, whatever it waits for", async () => {
  const backend = new Backend(answer(202, {}));
  const going = new AbortController();
  const reason = new Error("the person left");
  const start = backend.client.start(WEB, {
    signal: going.signal,
    onWait: () => going.abort(reason),
  });
  await assert.rejects(start, reason);
  await assert.rejects(backend.client.start(WEB, { signal: going.signal }), reason);
});

test("nobody is asked about a person who is not signed in", async () => {
  const backend = new Backend(opened);
  backend.tokens = [null];
  await assert.rejects(backend.client.start(WEB), refused("signed-out"));
  assert.equal(backend.asked.length, 0);
});

test("a token that is refused is replaced once, and then the person signs in again", async () => {
  const backend = new Backend(unreadable, opened);
  backend.tokens = ["old", "new"];
  assert.equal((await backend.client.start(WEB)).kind, "web");
  assert.deepEqual(backend.rejected, ["old"]);
  assert.equal(backend.asked.at(-1).headers.get("Authorization"), "Bearer new");
  assert.equal(new Set(backend.keys).size, 1);
});

test("a refusal that can be read needs no second look", async () => {
  const gateway = answer(401, { message: "Unauthorized" }, { "Content-Type": "application/json" });
  const backend = new Backend(gateway);
  await assert.rejects(backend.client.start(WEB), refused("signed-out"));
  assert.equal(backend.asked.length, 1);
});

test("an answer that cannot be read may be passing; again and again it is the token", async () => {
  const throttled = new Backend(unreadable, unreadable, opened);
  assert.equal((await throttled.client.start(WEB)).kind, "web");
  const dead = new Backend(unreadable);
  await assert.rejects(dead.client.start(WEB), refused("signed-out"));
  assert.equal(dead.asked.length, 3);
});

test("a token that was taken before is not what is wrong, nor is the next one", async () => {
  const backend = new Backend(answer(204), unreadable);
  await backend.client.start(WEB);
  await assert.rejects(backend.client.verification(), refused("unavailable"));
  backend.tokens.push("token-2", "token-3");
  await assert.rejects(backend.client.verification(), refused("unavailable"));
  await assert.rejects(backend.client.verification(), refused("unavailable"));
  backend.tokens = ["of somebody else"];
  await assert.rejects(backend.client.verification(), refused("signed-out"));
});

test("a token whose time is over needs no second look either", async () => {
  const payload = btoa(JSON.stringify({ exp: 1_000_000_000 }));
  const backend = new Backend(unreadable);
  backend.tokens = [`e30.${payload}.x`];
  await assert.rejects(backend.client.start(WEB), refused("signed-out"));
  assert.equal(backend.asked.length, 1);
});

test("an error is told in words for logs that say nothing about the person", async () => {
  const backend = new Backend(problem(403, "not-eligible"));
  await assert.rejects(backend.client.start(WEB), /^VerificationError: not-eligible$/);
});

test("a client can be made with nothing but an address and a token", () => {
  assert.ok(new VerificationClient({ api: API, token: () => "t" }));
});
