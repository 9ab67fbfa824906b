import assert from "node:assert/strict";
import { test } from "node:test";
import { isFor, takesEveryPage } from "../../src/destination/destination.js";
import { parseDestinations } from "../../src/destination/parse-destinations.js";
import { readConfig } from "../../src/config.js";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const SLACK = "https://hooks.slack.com/services/T000/B000/abcdefghijklmnop";
const slack = { type: "slack", url: SLACK };
const hook = { type: "webhook", url: "https://soar.example.com/in", secret: SECRET };

const problemsOf = (of: unknown): readonly string[] => {
  const parsed = parseDestinations(typeof of === "string" ? of : JSON.stringify(of));
  return "problems" in parsed ? parsed.problems : [];
};

test("destinations are read by name, with their limits", () => {
  const limited = { ...slack, owners: ["payments"], severities: ["critical"], routing: ["eu", "default"] };
  const parsed = parseDestinations(JSON.stringify({ "sec-chat": slack, soar: hook, "pay.chat": limited }));
  assert.ok("destinations" in parsed);
  assert.deepEqual([...parsed.destinations.keys()], ["sec-chat", "soar", "pay.chat"]);
  assert.deepEqual(parsed.destinations.get("pay.chat")!.filter, {
    owners: ["payments"],
    severities: ["critical"],
    routing: ["eu", "default"],
  });
  assert.deepEqual(parsed.destinations.get("soar")!.filter, { owners: null, severities: null, routing: null });
});

test("what is wrong with a destination is said by its name and field with the fix, and never with a value", () => {
  const table: readonly (readonly [unknown, RegExp])[] = [
    ["{", /^must be JSON like .*docs\/destinations\.md$/],
    [[], /^must be JSON like/],
    [{ a: 1 }, /^must be JSON like/],
    [{ "sec chat": slack }, /^a name must be letters/],
    [{ a: { ...slack, type: "slak" } }, /^a\.type: must be slack, perhaps; it is slack or webhook$/],
    [{ a: { type: "slack" } }, /^a\.url: must be an address like/],
    [{ a: { ...slack, url: "ftp://x" } }, /^a\.url: must be an http:\/\/ or https:\/\/ address$/],
    [{ a: { ...slack, url: "https://u:p@x" } }, /^a\.url: must not contain a user or password/],
    [{ a: { ...slack, secret: SECRET } }, /^a\.secret: is not a field of slack: owners, severities, routing, url$/],
    [{ a: { ...hook, secret: "whsec_short" } }, /^a\.secret: must be whsec_ and the base64 of 24 to 64 random bytes/],
    [{ a: { ...hook, owners: "payments" } }, /^a\.owners: must be a list of owners, like/],
    [{ a: { ...hook, owners: [] } }, /^a\.owners: must not be empty: leave it out for no limit$/],
    [{ a: { ...hook, severities: ["high"] } }, /^a\.severities\.0: must be some of critical, error, warning, info$/],
    [{ a: { ...hook, routing: [1] } }, /^a\.routing\.0: /],
  ];
  for (const [given, said] of table) {
    const problems = problemsOf(given);
    assert.equal(problems.length, 1, JSON.stringify(given));
    assert.match(problems[0]!, said);
    assert.doesNotMatch(problems[0]!, /whsec_[A-Za-z0-9]{5}|hooks\.slack\.com\/services\/T/);
  }
});

test("a destination in the settings prints neither address nor secret", () => {
  const config = readConfig({ PLIMSOLL_DESTINATIONS: JSON.stringify({ chat: slack, soar: hook }) });
  const printed = JSON.stringify([...config.PLIMSOLL_DESTINATIONS.values()]);
  assert.ok(!printed.includes("abcdefghijklmnop") && !printed.includes(SECRET) && !printed.includes("soar.example"));
});

test("a destination gets what its limits let through; what is about many keys goes past the limit of owners, what is about Plimsoll does not", () => {
  const all = { owners: null, severities: null, routing: null };
  const page = { severity: "critical", routingRef: null, topic: "incident" } as const;
  assert.ok(isFor(all, page, []));
  assert.ok(isFor({ ...all, owners: ["pay"] }, page, ["growth", "pay"]));
  assert.ok(!isFor({ ...all, owners: ["pay"] }, page, ["growth"]));
  assert.ok(!isFor({ ...all, owners: ["pay"] }, { ...page, topic: "plimsoll" }, []));
  assert.ok(isFor({ ...all, owners: ["pay"] }, { ...page, topic: "digest" }, []));
  assert.ok(!isFor({ ...all, severities: ["warning"] }, page, []));
  assert.ok(isFor({ ...all, routing: ["default"] }, page, []));
  assert.ok(!isFor({ ...all, routing: ["default"] }, { ...page, routingRef: "eu" }, []));
  assert.ok(takesEveryPage({ ...all, severities: ["critical", "error"] }));
  assert.ok(!takesEveryPage({ ...all, severities: ["critical"] }));
});
