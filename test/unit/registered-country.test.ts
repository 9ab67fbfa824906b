import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import * as fc from "fast-check";
import { registeredCountry } from "../../src/store/networks/registered-country.js";

const linesOf = (family: 4 | 6) =>
  readFileSync(fileURLToPath(import.meta.resolve(`@ip-location-db/asn-country/asn-country-ipv${family}.csv`)), "utf8")
    .trimEnd()
    .split("\n");

test("an address is registered where the registries have the block around it, in IPv4 and IPv6, also at the ends of a block and of the table", () => {
  for (const family of [4, 6] as const) {
    const lines = linesOf(family);
    const isRight = (at: number) => {
      const [first = "", last = "", country] = lines[at]!.split(",");
      assert.deepEqual([registeredCountry(first), registeredCountry(last)], [country, country], lines[at]);
    };
    for (const at of [0, 1, lines.length - 2, lines.length - 1]) isRight(at);
    fc.assert(fc.property(fc.nat(lines.length - 1), isRight), { numRuns: 500 });
  }
  assert.equal(registeredCountry("5.9.0.1"), "DE");
  assert.equal(registeredCountry("::ffff:5.9.0.1"), "DE");
});

test("what is in no registry's record has no country, and neither has what is no address", () => {
  for (const address of [
    "10.0.0.1",
    "127.0.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "198.51.100.7",
    "::1",
    "fe80::1",
    "AS64500",
    "",
  ])
    assert.equal(registeredCountry(address), null, address);
});
