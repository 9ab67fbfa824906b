import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { parseDecimal } from "../../src/model/parse-decimal.js";

test("a decimal becomes the integer that exact rational arithmetic gives, half up", () => {
  const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${max}}$`));
  fc.assert(
    fc.property(digits(9), digits(12), fc.integer({ min: -8, max: 1 }), (whole, fraction, exponent) => {
      const scaled = BigInt(whole + fraction) * 2n * 10n ** BigInt(6 + exponent + 8);
      const unit = 10n ** BigInt(fraction.length + 8);
      const exact = (scaled + unit) / (2n * unit);
      const expected = exact < 2n ** 53n ? Number(exact) : undefined;
      assert.equal(parseDecimal(`${whole}.${fraction}e${exponent}`, 6), expected);
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e13 }), fc.integer({ min: 0, max: 12 }), (mantissa, places) => {
      const value = Number(`${mantissa}e-${places}`);
      assert.equal(parseDecimal(value, 6), parseDecimal(String(value), 6));
    }),
    { numRuns: 5000 },
  );
});

test("a decimal as people write it is read, anything else is none", () => {
  const read: readonly (readonly [number | string, number])[] = [
    [0.1, 100_000],
    [0.0021, 2100],
    [1e-7, 0],
    ["0.0000005", 1],
    [5e-7, 1],
    [1.0000005, 1_000_001],
    ["000.10", 100_000],
    [".5", 500_000],
    ["1E3", 1_000_000_000],
    [-0, 0],
    ["9007199254.740991", Number.MAX_SAFE_INTEGER],
  ];
  for (const [value, micros] of read) assert.ok(Object.is(parseDecimal(value, 6), micros), String(value));
  for (const value of [
    "",
    ".",
    "e5",
    "-0",
    "+1",
    "1,5",
    " 1",
    "0x10",
    "NaN",
    "1e99999",
    NaN,
    2 ** 53,
    "9".repeat(401),
  ]) {
    assert.equal(parseDecimal(value, 6), undefined, String(value));
  }
});
