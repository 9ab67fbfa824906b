import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import * as fc from "fast-check";
import { compareAddresses, lastOf, nextAddress, type AddressWords } from "../../src/model/network/address.js";
import { NetworkRows } from "../../src/model/network/network-rows.js";
import { overlay, parseNetworks, type NetworkTable } from "../../src/model/network/network-table.js";
import { printPrefix } from "../../src/model/network/print-prefix.js";
import { rangeToPrefixes } from "../../src/model/network/range-to-prefixes.js";
import { reservedSpace } from "../../src/model/network/reserved-space.js";
import { readBuiltInNetworks } from "../../src/store/networks/built-in-networks.js";

const word = fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0, 1, 2, 3, 0x80000000, 0xfffffffe, 0xffffffff));
const range = fc
  .constantFrom(1, 4)
  .chain((width) =>
    fc.tuple(
      fc.array(word, { minLength: width, maxLength: width }),
      fc.array(word, { minLength: width, maxLength: width }),
    ),
  )
  .map(([one, other]): [AddressWords, AddressWords] =>
    compareAddresses(one, other) <= 0 ? [one, other] : [other, one],
  );

describe("a range split into prefixes", () => {
  it("is exactly the range, in the fewest blocks", () => {
    fc.assert(
      fc.property(range, ([first, last]) => {
        const prefixes = rangeToPrefixes(first, last);
        let from: AddressWords | null = first;
        for (const [index, prefix] of prefixes.entries()) {
          assert.deepEqual(prefix.words, from, "it goes on where the one before ended");
          const { words, bits } = prefix;
          const above = prefixes[index - 1];
          const parent = { words: above?.words ?? [], bits: bits - 1 };
          const isPair = above?.bits === bits && compareAddresses(lastOf(parent), lastOf(prefix)) === 0;
          assert.ok(!isPair, `${printPrefix({ words, bits })} and the block before it are one`);
          from = nextAddress(lastOf(prefix));
        }
        assert.deepEqual(lastOf(prefixes.at(-1)!), last);
      }),
      { numRuns: 500 },
    );
  });

  it("prints as people write blocks", () => {
    const print = (first: AddressWords, last: AddressWords) => rangeToPrefixes(first, last).map(printPrefix);
    assert.deepEqual(print([0xc0000201], [0xc0000204]), ["192.0.2.1/32", "192.0.2.2/31", "192.0.2.4/32"]);
    assert.deepEqual(print([0], [0xffffffff]), ["0.0.0.0/0"]);
    assert.deepEqual(print([0x20010db8, 0, 0, 0], [0x20010db8, ...Array<number>(3).fill(0xffffffff)]), [
      "2001:db8::/32",
    ]);
  });
});

describe("the built-in table", () => {
  let table: NetworkTable;
  before(() => void (table = readBuiltInNetworks()));

  it("knows who runs well-known addresses and what for, IPv4 and IPv6", () => {
    const known = (address: string) => {
      const network = table.lookup(address);
      return network === null ? null : [network.asn, network.type];
    };
    assert.deepEqual(known("::ffff:8.8.8.8"), [15169, "cloud"]);
    assert.deepEqual(known("2001:4860:4860::8888"), [15169, "cloud"]);
    assert.deepEqual(known("::ffff:1.1.1.1"), [13335, "hosting"]);
    assert.deepEqual(known("::ffff:159.65.10.1"), [14061, "hosting"]);
    assert.deepEqual(known("2a01:4f8::1"), [24940, "hosting"]);
    assert.deepEqual(known("2600:1f14::1"), [16509, "cloud"]);
    assert.deepEqual(known("::ffff:73.1.1.1"), [7922, "isp"]);
    assert.deepEqual(known("::ffff:185.159.157.1"), [209103, "vpn"]);
    assert.deepEqual(known("::ffff:18.9.22.69"), [3, "business"]);
    assert.equal(table.lookup("::ffff:8.8.8.8")?.name, "Google LLC");
  });

  it("gives no autonomous system to any private or reserved address, and calls private ones internal", () => {
    const inside = [
      "10.0.0.0",
      "10.255.255.255",
      "127.0.0.1",
      "169.254.9.9",
      "172.16.0.1",
      "172.31.255.255",
      "192.168.255.255",
    ];
    for (const address of [...inside.map((v4) => `::ffff:${v4}`), "::1", "fc00::1", "fdff::1", "fe80::1"]) {
      assert.deepEqual(reservedSpace.lookup(address), { asn: 0, type: "internal", name: "your own network" }, address);
      assert.equal(table.lookup(address)?.asn, 0, address);
    }
    const nobodys = [
      "0.0.0.1",
      "100.64.0.1",
      "192.0.2.1",
      "192.88.99.1",
      "198.18.0.1",
      "203.0.113.9",
      "224.0.0.1",
      "255.255.255.255",
    ];
    const six = [
      "64:ff9b::808:808",
      "100::1",
      "2001::1",
      "2001:db8::1",
      "2002:808:808::1",
      "3fff::1",
      "4000::1",
      "ff02::1",
    ];
    for (const address of [...nobodys.map((v4) => `::ffff:${v4}`), ...six])
      assert.equal(table.lookup(address), null, address);
  });

  it("as ranges is what lookups find, without overlaps and with an operator's blocks on top, however short", () => {
    const ours = parseNetworks("8.0.0.0/8,64500,Ours,internal\n10.1.0.0/16,64501,Office,business").table;
    let previous: AddressWords = [];
    const first: string[] = [];
    const both = overlay(ours, table);
    for (const one of both.ranges()) {
      if (previous.length === one.first.length)
        assert.ok(compareAddresses(previous, one.first) < 0, printPrefix({ words: one.first, bits: 0 }));
      previous = one.last;
      if (one.network.asn >= 64500 && one.network.asn <= 64501)
        first.push(...rangeToPrefixes(one.first, one.last).map(printPrefix));
    }
    assert.deepEqual(first, ["8.0.0.0/8", "10.1.0.0/16"]);
    assert.equal(both.lookup("::ffff:8.8.8.8")?.name, "Ours");
    assert.equal(both.lookup("::ffff:10.1.2.3")?.type, "business");
    assert.equal(both.lookup("::ffff:10.2.2.3")?.type, "internal");
  });
});

describe("lines of the built-in table", () => {
  const build = (...lines: string[]) => {
    const rows = new NetworkRows();
    for (const line of lines) rows.add(line);
    return rows.build();
  };

  it("may hold names in quotes, and of two that overlap the one that starts later counts", () => {
    const table = build(
      '192.0.2.0,192.0.2.200,1,"Acme ""East"", Ltd"',
      "192.0.2.128,192.0.2.255,2,B",
      "198.51.100.0,198.51.100.0,1,A",
    );
    const asnOf = (address: string) => table.lookup(address)?.asn;
    assert.equal(table.lookup("192.0.2.127")?.name, 'Acme "East", Ltd');
    assert.deepEqual(["192.0.2.128", "192.0.2.255", "192.0.3.0", "198.51.100.0", "198.51.100.1"].map(asnOf), [
      2,
      2,
      undefined,
      1,
      undefined,
    ]);
  });

  it("are refused when they are no ranges or out of order", () => {
    for (const line of ["192.0.2.0,192.0.2.255,x,A", "192.0.2.0/24,1,A", "192.0.2.0,2001:db8::,1,A", ""]) {
      assert.throws(() => build(line), /should read first,last,asn,name/, line);
    }
    assert.throws(() => build("192.0.2.0,192.0.2.9,1,A", "192.0.1.0,192.0.1.9,2,A"), /must ascend/);
    assert.throws(() => build("192.0.2.9,192.0.2.0,1,A"), /must ascend/);
  });
});
