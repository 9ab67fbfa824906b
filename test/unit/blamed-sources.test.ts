import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import ipaddr from "ipaddr.js";
import { isCovered } from "../../src/incident/weigh-evidence.js";
import { suppressionOf } from "../../src/incident/is-suppressed.js";
import { parseAddress, parsePrefix } from "../../src/model/network/address.js";
import { AddressCovers, isWithin, MOST_BLOCKS } from "../../src/model/network/address-cover.js";
import { blameStatistics } from "../../src/model/finding/blamed-sources.js";
import { usualNetworks } from "../../src/pipeline/incident/expect-incident.js";
import { firstLines } from "../../src/page/compose/first-lines.js";
import { DAY, finding, incident, T } from "../helpers/incident-parts.js";

const v4 = fc.ipV4();
const v6 = fc.ipV6().filter((text) => parseAddress(text) !== null);
const coverAddresses = (addresses: readonly string[], most = MOST_BLOCKS) => new AddressCovers().cover(addresses, most);
const range = (count: number, at: (n: number) => string) => Array.from({ length: count }, (_, n) => at(n));
const blaming = (addresses: readonly string[]) => finding("error", T, { statistics: blameStatistics(addresses) });
const expecting = (...networks: string[]) => ({
  suppressionId: "e",
  incidentId: "i",
  keyId: "k",
  cause: "leak" as const,
  subject: null,
  networks,
  from: T - DAY,
  until: T + DAY,
  statedUntil: T + DAY,
  recordedAt: T,
  revision: 1,
  action: "recorded" as const,
  actor: "ana",
  note: "",
});
const isHidden = (addresses: readonly string[], ...networks: string[]) =>
  suppressionOf(blaming(addresses), [expecting(...networks)]) !== null;

test("what comes without an address is a block of its own: no other expectation hides it, nor does one of it hide anything else", () => {
  assert.deepEqual(coverAddresses(["no address"]), ["::/128"]);
  assert.deepEqual(coverAddresses(["203.0.113.9", "no address"]), ["203.0.113.9/32", "::/128"]);
  assert.equal(isHidden(["no address"]), false, "an expectation without networks");
  assert.equal(isHidden(["no address"], "203.0.113.0/24", "2001:db8::/32"), false);
  assert.equal(isHidden(["no address"], "::"), true);
  assert.equal(isHidden(["203.0.113.9", "no address"], "203.0.113.0/24"), false);
  assert.equal(isHidden(["203.0.113.9"], "::"), false);
});

test("the blocks of a finding hold every address that it blames, however many they are, or are not told at all", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(v4, v6), { maxLength: 600 }), (addresses) => {
      const blocks = coverAddresses(addresses);
      if (blocks === null) return;
      assert.ok(blocks.length <= MOST_BLOCKS);
      const prefixes = blocks.map((block) => parsePrefix(block)!);
      for (const address of addresses) {
        const own = parsePrefix(address)!;
        assert.ok(
          prefixes.some((block) => isWithin(own, block)),
          `${address} is in none of ${blocks.length}`,
        );
      }
    }),
    { numRuns: 60 },
  );
  assert.deepEqual(coverAddresses(["203.0.113.7", "2001:db8::1", "203.0.113.7"]), [
    "203.0.113.7/32",
    "2001:db8::1/128",
  ]);
  assert.deepEqual(coverAddresses(range(5_000, (n) => `2001:db8::${n.toString(16)}`)), ["2001:db8::/64"]);
  assert.equal(coverAddresses(range(300, (n) => `198.51.${n % 3}.${n % 250}`))?.length, 3);
  assert.equal(coverAddresses(["203.0.113.7", "none"]), null);
  assert.deepEqual(coverAddresses(["none"]), []);
});

test("the cover of a list is the same whatever else was covered before it, and the narrowest that is short enough", () => {
  const address = fc.oneof(
    fc.tuple(fc.nat(2), fc.nat(3), fc.nat(4)).map(([a, b, c]) => `198.${a}.${b}.${c}`),
    fc.tuple(fc.nat(2), fc.nat(3), fc.nat(4)).map(([a, b, c]) => `2001:db8:${a}:${b}::${c}`),
    fc.constantFrom("no address", "none", "::ffff:198.0.1.2"),
  );
  const lists = fc.array(fc.tuple(fc.array(address, { maxLength: 40 }), fc.integer({ min: 1, max: 30 })), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(lists, (given) => {
      const covers = new AddressCovers();
      for (const [addresses, most] of given) {
        assert.deepEqual(covers.cover(addresses, most), plainCover(addresses, most));
        assert.deepEqual(coverAddresses(addresses, most), plainCover(addresses, most));
      }
    }),
    { numRuns: 500 },
  );
});

/** The cover as its description says it, by ipaddr.js. */
function plainCover(addresses: readonly string[], most: number): readonly string[] | null {
  const placed = addresses.filter((text) => text !== "no address");
  const known = placed.filter((text) => text !== "none").map((text) => ipaddr.process(text));
  const unplaced = placed.length < addresses.length ? ["::/128"] : [];
  if (known.length === 0 && (placed.length === 0 || unplaced.length === 0)) return placed.length === 0 ? unplaced : [];
  if (known.length < placed.length) return null;
  const inOrder = known.toSorted((a, b) => Buffer.compare(Buffer.from(sortable(a)), Buffer.from(sortable(b))));
  for (const [bits4, bits6] of [
    [32, 128],
    [24, 64],
    [16, 48],
    [8, 32],
  ] as const) {
    const blocks = inOrder.map((one) =>
      one.kind() === "ipv4"
        ? `${ipaddr.IPv4.networkAddressFromCIDR(`${one.toString()}/${bits4}`).toString()}/${bits4}`
        : `${ipaddr.IPv6.networkAddressFromCIDR(`${one.toString()}/${bits6}`).toRFC5952String()}/${bits6}`,
    );
    if (new Set(blocks).size <= most) return [...new Set(blocks)].concat(unplaced);
  }
  return null;
}

const sortable = (address: ipaddr.IPv4 | ipaddr.IPv6) => [address.kind() === "ipv4" ? 0 : 1, ...address.toByteArray()];

test("an expectation hides a finding where it holds every source, of any number; one that it does not hold is enough to be found", () => {
  const sixty = range(60, (n) => `198.51.${96 + (n % 16)}.${n}`);
  assert.equal(isHidden(sixty, "198.51.96.0/20"), true);
  assert.equal(isHidden(sixty, "198.51.96.0/21"), false);
  assert.equal(isHidden(sixty, ...sixty), true);
  assert.equal(isHidden(sixty, ...sixty.slice(1)), false);
  assert.equal(isHidden([...sixty, "203.0.113.9"], "198.51.96.0/20"), false);
  assert.equal(isHidden([...sixty, "none"], "198.51.96.0/20"), false, "a request without an address is in no network");
  // Beyond what a finding can list it tells larger blocks: those have to be held as a whole.
  const many = range(400, (n) => `198.51.${n % 4}.${n >> 2}`);
  assert.equal(isHidden(many, "198.51.0.0/22"), true);
  assert.equal(isHidden(many, ...many), false);
  assert.equal(isHidden([]), true);
  assert.equal(isHidden([], "198.51.96.0/20"), false);
  assert.equal(isHidden(sixty), false);
});

test("what is expected by default is every source, by network where they are many, and nothing where that would hide who nobody looked at", () => {
  const of = (addresses: readonly string[]) => usualNetworks(blaming(addresses));
  assert.deepEqual(of(["203.0.113.7", "2001:db8::1"]), ["203.0.113.7", "2001:db8::1"]);
  assert.deepEqual(of(range(60, (n) => `198.51.${96 + (n % 2)}.${n}`)), ["198.51.96.0/24", "198.51.97.0/24"]);
  assert.equal(of(range(3_000, (n) => `10.${n % 7}.${n >> 3}.1`)), null);
  assert.equal(of(["203.0.113.7", "none"]), null);
  assert.deepEqual(usualNetworks(null), []);
});

test("a key's own finding is told as part of a shared network only where all of its sources are in there, however few of them are listed", () => {
  const shared = incident("error", { subject: { kind: "network", network: "203.0.113.0/24" }, keys: ["k"] });
  const inside = range(60, (n) => `203.0.113.${n}`);
  assert.equal(isCovered(blaming(inside), shared), true);
  assert.equal(isCovered(blaming([...inside, "198.51.100.1"]), shared), false);
  assert.equal(isCovered(blaming([]), shared), false);
});

test("a list that is cut says how many it leaves out", () => {
  assert.deepEqual(firstLines(["a", "b", "c"], 60, "addresses", 2), ["a", "b", "and 58 more addresses"]);
  assert.deepEqual(firstLines(["a", "b"], 2), ["a", "b"]);
});
