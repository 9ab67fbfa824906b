import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import ipaddr from "ipaddr.js";
import { lastOf, parseAddress, parsePrefix, type AddressWords } from "../../src/model/network/address.js";

const toBytes = (words: AddressWords | null | undefined) =>
  words?.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
const anyText = fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.]{0,24}$/));
// `::a.b.c.d` is no mapped address, in RFC 4291 and in ClickHouse; ipaddr.js takes it for one.
const text = anyText.filter((given) => !/^::\d+\./.test(given));

describe("an address", () => {
  it("is read as ipaddr.js reads it, and what that refuses is none", () => {
    fc.assert(
      fc.property(text, (given) => {
        const isAddress = ipaddr.IPv4.isValidFourPartDecimal(given) || ipaddr.IPv6.isValid(given);
        const expected = isAddress ? ipaddr.process(given).toByteArray() : undefined;
        assert.deepEqual(toBytes(parseAddress(given)), expected);
      }),
      { numRuns: 5000 },
    );
  });

  it("that is IPv4-compatible but not mapped stays IPv6", () => {
    assert.deepEqual(parseAddress("::192.0.2.1"), [0, 0, 0, 0xc0000201]);
    assert.deepEqual(parseAddress("::ffff:192.0.2.1"), [0xc0000201]);
  });
});

describe("a block", () => {
  it("begins and ends where ipaddr.js says, its host bits cleared", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), text), fc.nat(129), (given, bits) => {
        const cidr = `${given}/${bits}`;
        const block = parsePrefix(cidr);
        if (ipaddr.IPv4.isValidCIDRFourPartDecimal(cidr)) {
          assert.deepEqual(toBytes(block?.words), ipaddr.IPv4.networkAddressFromCIDR(cidr).toByteArray());
          assert.deepEqual(toBytes(block && lastOf(block)), ipaddr.IPv4.broadcastAddressFromCIDR(cidr).toByteArray());
        } else if (ipaddr.IPv6.isValidCIDR(cidr) && !ipaddr.IPv6.parse(given).isIPv4MappedAddress()) {
          assert.deepEqual(toBytes(block?.words), ipaddr.IPv6.networkAddressFromCIDR(cidr).toByteArray());
          assert.deepEqual(toBytes(block && lastOf(block)), ipaddr.IPv6.broadcastAddressFromCIDR(cidr).toByteArray());
        } else if (!ipaddr.IPv6.isValid(given)) assert.equal(block, null);
      }),
      { numRuns: 3000 },
    );
  });

  it("of one address has all of its bits, and a mapped one counts from the start of IPv6", () => {
    assert.deepEqual(parsePrefix("192.0.2.1"), { words: [0xc0000201], bits: 32 });
    assert.deepEqual(parsePrefix("2001:db8::"), { words: [0x20010db8, 0, 0, 0], bits: 128 });
    assert.deepEqual(parsePrefix("::ffff:192.0.2.1/120"), { words: [0xc0000200], bits: 24 });
    assert.deepEqual(
      ["::ffff:192.0.2.1/95", "192.0.2.0/", "192.0.2.0/24/24", "192.0.2.0/-1", "192.0.2.0/+8"].map(parsePrefix),
      [null, null, null, null, null],
    );
  });
});
