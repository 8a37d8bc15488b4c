import assert from "node:assert/strict";
import { test } from "node:test";

import { adviceFor, readMessage, readReturn } from "../../web/client/verification-client.js";

const ADVICE = {
  resume: [
    "9100",
    "9300",
    "9301",
    "9800",
    "9801",
    "9810",
    "A",
    "A10000",
    "A20500",
    "E00000",
    "G00000",
  ],
  renew: ["9200", "9210", "9400", "9835", "9836", "9900", "B10000", "C10401", "J00000"],
  ask: ["A10900", "H00000", "I00000", "K00000"],
  "other-device": ["9820", "9821", "9822"],
  configuration: ["A10404", "A10403", "F00000", "N00000", "L00000"],
  "give-up": ["M00000", "", "9999", "12", "Z10000", "constructor", "A<script>"],
};

for (const [advice, codes] of Object.entries(ADVICE)) {
  test(`the advice is to ${advice} for ${codes.join(", ")}`, () => {
    for (const code of codes) assert.equal(adviceFor(code), advice, code);
  });
}

const back = (query) => readReturn(`https://app.example.com/return/x?${query}`);

test("a return address tells how the person came back, and why", () => {
  assert.deepEqual(back("acquisitionStatus=SUCCESS&accountId=a"), {
    ended: "success",
    code: "",
    advice: null,
  });
  assert.deepEqual(back("acquisitionStatus=ERROR&errorCode=9210"), {
    ended: "error",
    code: "9210",
    advice: "renew",
  });
  const letters = back("acquisitionStatus=ERROR&publicErrorCode=J00000");
  assert.deepEqual(letters, { ended: "error", code: "J00000", advice: "renew" });
});

test("what somebody made up is not taken for a code", () => {
  for (const made of [
    "errorCode=<b>",
    "errorCode=99999",
    "errorCode=",
    "acquisitionStatus=APPROVED",
    "",
  ]) {
    assert.deepEqual(back(made), { ended: null, code: "", advice: null });
  }
});

const ORIGIN = "https://example.web.emea-1.jumio.ai";
const FRAME = {};
const posted = (payload, event = {}) => ({
  origin: ORIGIN,
  source: FRAME,
  data: JSON.stringify({ eventType: 510, payload }),
  ...event,
});
const read = (event) => readMessage(event, { origin: ORIGIN, source: FRAME });

test("a message of the frame's own page is read", () => {
  assert.deepEqual(read(posted({ value: "success" })), {
    value: "success",
    code: "",
    advice: null,
  });
  const error = posted({ value: "error", metainfo: { code: "9210" } });
  assert.deepEqual(read(error), { value: "error", code: "9210", advice: "renew" });
});

test("every other message is nothing", () => {
  const good = { value: "success" };
  assert.equal(read(posted(good, { origin: "https://evil.example" })), null);
  assert.equal(read(posted(good, { source: {} })), null);
  assert.equal(readMessage(posted(good, { source: null }), { origin: ORIGIN, source: null }), null);
  assert.equal(read(posted({ value: "approved" })), null);
  for (const data of ["{", "null", "{}", { eventType: 510, payload: good }]) {
    assert.equal(read(posted(good, { data })), null);
  }
});
