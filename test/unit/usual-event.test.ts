import assert from "node:assert/strict";
import { test } from "node:test";
import { liveSpan } from "../../src/model/event/accepted-span.js";
import { TextMemo } from "../../src/model/event/usual/text-memo.js";
import { Random } from "../../src/local/simulator/random.js";
import { rules } from "../helpers/ingest-rules.js";
import { nearlyUsualLine, usualLine } from "../helpers/nearly-usual-lines.js";
import { readBothWays } from "../helpers/read-both-ways.js";

const SEED = Number(process.env["TEST_SEED"] ?? 20_261_128);
const CASES = Number(process.env["USUAL_LINES"] ?? 50_000);
const AT = Date.UTC(2026, 2, 8, 2, 11);
const given = [
  rules(),
  rules({ isHistory: false, span: liveSpan(AT, 90), priceOf: (_, route) => route.length }),
  rules({ networkOf: (address) => (address.endsWith("7") ? { asn: 64_500, type: "hosting" } : null) }),
];

test("what is read from bytes is what JSON says, and lines like those that senders write are read so", (t) => {
  const random = new Random(SEED, "usual");
  let readFromBytes = 0;
  for (let index = 0; index < CASES; index += 1) {
    if (readBothWays(nearlyUsualLine(random), given[index % given.length]!)) readFromBytes += 1;
    assert.ok(readBothWays(Buffer.from(usualLine(random)), given[index % given.length]!));
  }
  t.diagnostic(`${CASES} lines near the usual, ${readFromBytes} read from their bytes (seed ${SEED})`);
  // Most lines near the usual must be read, or the comparison holds because nothing was compared.
  assert.ok(readFromBytes > CASES / 10 && readFromBytes < CASES);
});

test("a text is what it was made to be, however many others came between and however they collide", () => {
  const random = new Random(SEED, "memo");
  const memo = new TextMemo((text) => (text.startsWith("no") ? null : text.toUpperCase()));
  for (let index = 0; index < 40_000; index += 1) {
    const text = `${random.below(4) === 0 ? "no" : "yes"}-${random.below(20_000)}-${"x".repeat(random.below(40))}`;
    const body = Buffer.from(`<${text}>`);
    const value = memo.get(body, 1, 1 + text.length, random.below(2) === 0 ? text.length : 7);
    assert.equal(value, text.startsWith("no") ? null : text.toUpperCase());
  }
});
