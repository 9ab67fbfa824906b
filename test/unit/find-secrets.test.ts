import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { findSecrets } from "../../src/text/secret/find-secrets.js";
import { maskSpans } from "../../src/text/secret/text-spans.js";
import { BASE64_EXPRESSION, expectedSpans } from "../helpers/secret-expressions.js";
import { WORST_UNITS } from "../helpers/worst-texts.js";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const pick = <Value>(values: ArrayLike<Value>): Value => values[randomInt(values.length)]!;
const some = (alphabet: string, length: number) => Array.from({ length }, () => pick(alphabet)).join("");

// Put together here so that no scanner takes this file for a leak.
const LEADS =
  "sk_live_ rk_test_ whsec_ gho_ github_pat_ glsoat- xoxb- xapp-1- sk-ant- sk- SG. AIza GOCSPX- ya29. npm_ pypi- hf_ hvb. shpss_ dor_v1_ dapi glc_ sq0csp- ATATT3 eyJ .eyJ gsk_ xai- r8_ pplx- nvapi- fw_ tgp_v1_ pcsk_ dckr_pat_ ntn_ lin_api_ PMAK- sntrys_ sntryu_ sbp_ sb_secret_ rubygems_ NRAK- services/T00000000/B00000000/ hooks.slack.com/triggers/ webhooks/12345678901234567/ AccountKey= 123456789:AA"
    .split(" ")
    .concat(
      "-----BEGIN RSA PRIVATE KEY-----",
      "-----BEGIN PRIVATE KEY-----",
      "-----END PRIVATE KEY-----",
      "-----BEGIN ",
      "Bearer ",
      "basic ",
      "://",
      ":",
      "@",
    );
const ESCAPES = ["\\n", "\\t", "\\x22", "\\u003d", "%0A", "%22", "#22", "\\042", "%u0022"];
const SIGNS = ["/", "\\", '"', "'", " ", "\n", "-", "_", "=", "+", ".", "é", "\u00a0", "[secret]"];

const pieces: readonly (() => string)[] = [
  () => pick(LEADS),
  () => pick(LEADS),
  () => pick(SIGNS),
  () => pick(ESCAPES),
  () => pick(Object.values(WORST_UNITS)),
  () => some(LETTERS, randomInt(45)),
  () => some(`${LETTERS}_-`, randomInt(45)),
  () => some("abcdef0123456789", pick([24, 31, 32, 33, 40, 48, 64, 65])),
  () => some(LETTERS, randomInt(45, 90)),
  () => some("a:/@-", randomInt(300)),
];

test("one pass finds what the expressions find, in whatever chance puts together", () => {
  let found = 0;
  for (let times = 0; times < 20_000; times += 1) {
    const text = Array.from({ length: randomInt(1, 9) }, () => pick(pieces)()).join("");
    const expected = expectedSpans(text);
    // Random base64 is told apart below.
    const spans = findSecrets(text).filter(
      ({ from, to }) => to - from !== 40 || expected.some((one) => one.from === from),
    );
    assert.deepEqual(spans, text.length < 13 ? [] : expected, JSON.stringify(text));
    found += expected.length;
  }
  assert.ok(found > 2000, String(found));
});

test("base64 as random as an AWS secret key is found where the expression finds it, and nothing else of its length", () => {
  const around = ["", "/", " ", "=", "/v1/", "a", "+", "-"];
  let found = 0;
  for (let times = 0; times < 20_000; times += 1) {
    const secret = some(`${LETTERS}/+`, pick([39, 40, 40, 40, 41]));
    const text = `${pick(around)}${secret}${pick(around)}`;
    const spans = findSecrets(text);
    // Those that overlap as well: the first of them need not be the random one.
    const possible = Array.from(text, (_, at) => at).filter((at) => isPossible(text, at));
    for (const { from, to } of spans) assert.ok(to - from === 40 && isPossible(text, from), text);
    assert.equal(
      spans.length > 0,
      possible.some((at) => isRandom(text.slice(at, at + 40))),
      text,
    );
    found += spans.length;
  }
  assert.ok(found > 2000, String(found));
  assert.deepEqual(findSecrets("/v1/accounts/settings/payments/methods/primary/addresses"), []);
});

test("spans are masked once each, and cut with the text", () => {
  assert.equal(
    maskSpans("ab12cd34", [
      { from: 2, to: 4 },
      { from: 6, to: 8 },
    ]),
    "ab[secret]cd[secret]",
  );
  assert.equal(
    maskSpans(
      "ab12cd34",
      [
        { from: 2, to: 4 },
        { from: 6, to: 8 },
      ],
      5,
    ),
    "ab[secret]c",
  );
  assert.equal(maskSpans("ab12cd34", [{ from: 2, to: 4 }], 3), "ab[secret]");
});

function isPossible(text: string, from: number): boolean {
  const matches = new RegExp(BASE64_EXPRESSION.source, "y");
  matches.lastIndex = from;
  return matches.test(text);
}

/** A path of words changes its kind of character less often, and rarely has all kinds. */
function isRandom(run: string): boolean {
  const kinds: string[] = run
    .split("")
    .map((one) => (/[a-z]/.test(one) ? "a" : /[A-Z]/.test(one) ? "A" : /\d/.test(one) ? "0" : "/"));
  const changes = kinds.filter((kind, at) => at > 0 && kind !== kinds[at - 1]).length;
  return changes >= 14 && ["a", "A", "0"].every((kind) => kinds.includes(kind));
}
