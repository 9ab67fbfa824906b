import assert from "node:assert/strict";
import { test } from "node:test";
import { openSignInPace, type SignInPace } from "../../src/web/sign-in-pace.js";

const T = Date.UTC(2026, 2, 8);
const MINUTE = 60_000;

/** Lets a guesser fail so often at an instant, and gives the delay of the attempt after that. */
function delayAfter(pace: SignInPace, guesser: string, failures: number, now = T): number {
  for (let i = 0; i < failures; i += 1) pace.begin(guesser, now)!.end("failed", now);
  const attempt = pace.begin(guesser, now)!;
  attempt.end("succeeded", now);
  return attempt.delayMs;
}

test("each failure from the third on doubles the wait, up to four seconds, and a quarter of an hour without one ends it", () => {
  const delays = [0, 2, 3, 4, 5, 6, 7, 8, 100].map((failures) =>
    delayAfter(openSignInPace(), "203.0.113.9", Math.min(failures, 19)),
  );
  assert.deepEqual(delays, [0, 0, 250, 500, 1000, 2000, 4000, 4000, 4000]);
  const pace = openSignInPace();
  assert.equal(delayAfter(pace, "203.0.113.9", 7), 4000);
  assert.equal(delayAfter(pace, "203.0.113.9", 0, T + 14 * MINUTE), 4000, "a good token in between forgives nothing");
  assert.equal(delayAfter(pace, "203.0.113.9", 0, T + 16 * MINUTE), 0);
});

test("a guesser has four attempts at once, whatever he sends: a token beyond these is not judged", () => {
  const pace = openSignInPace();
  const begun = Array.from({ length: 4 }, () => pace.begin("203.0.113.9", T)!);
  assert.equal(pace.begin("203.0.113.9", T), null);
  assert.notEqual(pace.begin("203.0.113.10", T), null);
  begun[0]!.end("failed", T);
  assert.notEqual(pace.begin("203.0.113.9", T), null);
});

test("who guesses from all addresses of an IPv6 network is one guesser; IPv4 addresses are told apart, mapped ones too", () => {
  const pace = openSignInPace();
  assert.equal(delayAfter(pace, "2001:db8::1", 7), 4000);
  assert.equal(delayAfter(pace, "2001:db8::ffff:2", 0), 4000);
  assert.equal(delayAfter(pace, "2001:db8:0:1::1", 0), 0);
  assert.equal(delayAfter(pace, "::ffff:203.0.113.9", 7), 4000);
  assert.equal(delayAfter(pace, "::ffff:203.0.113.10", 0), 0);
});

test("guesses from everywhere make everybody wait a second, for a minute, and lock nobody out", () => {
  const pace = openSignInPace();
  for (let i = 0; i < 10_000; i += 1) pace.begin(`guesser ${i}`, T)!.end("failed", T);
  assert.equal(delayAfter(pace, "198.51.100.7", 0), 1000);
  assert.equal(delayAfter(pace, "198.51.100.7", 0, T + MINUTE), 0);
});

test("20,000 guessers cost memory for 10,000, and the newest of them are remembered", () => {
  const pace = openSignInPace();
  const last = T + 2 * MINUTE;
  for (let i = 0; i < 20_000; i += 1) delayAfter(pace, `guesser ${i}`, i % 10_000 === 0 ? 7 : 1, T);
  assert.equal(delayAfter(pace, "guesser 10000", 0, last), 4000);
  assert.equal(delayAfter(pace, "guesser 0", 0, last), 0);
});

test("the twentieth sign-in in a minute that leads to an issuer and opens nothing makes the next wait a second, by address and overall; who comes back signed in counts for nothing", () => {
  const begin = (pace: SignInPace, address: (i: number) => string, count: number) => {
    for (let i = 0; i < count; i += 1) pace.begin(address(i), T)!.end("begun", T);
  };
  const fromOne = openSignInPace();
  begin(fromOne, () => "203.0.113.9", 19);
  assert.equal(delayAfter(fromOne, "203.0.113.9", 0), 0);
  begin(fromOne, () => "203.0.113.9", 1);
  assert.equal(delayAfter(fromOne, "203.0.113.9", 0), 1000);
  assert.equal(delayAfter(fromOne, "203.0.113.9", 0, T + MINUTE), 0);
  const fromAll = openSignInPace();
  begin(fromAll, (i) => `203.0.113.${i}`, 20);
  assert.equal(delayAfter(fromAll, "198.51.100.7", 0), 1000);
  const morning = openSignInPace();
  for (let i = 0; i < 500; i += 1) {
    morning.begin("203.0.113.9", T)!.end("begun", T);
    morning.begin("203.0.113.9", T)!.end("returned", T);
  }
  assert.equal(delayAfter(morning, "203.0.113.9", 0), 0, "an office that signs in through one address");
});
