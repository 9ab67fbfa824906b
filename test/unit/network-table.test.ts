import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describeNetwork } from "../../src/model/network/describe-network.js";
import { overlay, parseNetworks } from "../../src/model/network/network-table.js";
import { reservedSpace } from "../../src/model/network/reserved-space.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

// Few different bytes, mostly short blocks: prefixes then nest, touch, end together and repeat, and addresses hit them.
const byte = fc.constantFrom(0, 1, 2, 127, 128, 254, 255);
const address = fc
  .tuple(fc.boolean(), byte, fc.constantFrom(0, 255), byte, byte)
  .map(([isV4, first, fill, third, last]): Address => {
    const bytes = isV4 ? [first, fill, third, last] : [0x20, 0x01, first].concat(Array(11).fill(fill), third, last);
    return ipaddr.fromByteArray(bytes);
  });
const hostBits = fc.oneof(fc.nat(3), fc.nat(16), fc.nat(128));
const prefix = fc.tuple(address, hostBits).map(([of, free]) => {
  const all = of.kind() === "ipv4" ? 32 : 128;
  return { of, bits: all - (free % (all + 1)) };
});
const prefixes = fc.array(prefix, { maxLength: 40, size: "max" });

/** As an IPv6 column of ClickHouse prints it. */
const print = (one: Address) => (one.kind() === "ipv4" ? `::ffff:${one.toString()}` : one.toString());
const toCsv = (given: readonly { of: Address; bits: number }[], from = 1) =>
  given.map(({ of, bits }, n) => `${of.toString()}/${bits},${from + n},Network ${from + n},isp`).join("\n");
const parseAll = (csv: string) => {
  const { table, problems } = parseNetworks(csv);
  assert.deepEqual(problems, []);
  return table;
};

/** The slow way: every prefix asked, the longest taken, the later of equals. */
function naiveAsn(given: readonly { of: Address; bits: number }[], wanted: Address, from = 1): number | null {
  let best: { bits: number; asn: number } | null = null;
  for (const [n, { of, bits }] of given.entries()) {
    const holds = of.kind() === wanted.kind() && (wanted as ipaddr.IPv6).match(of, bits);
    if (holds && bits >= (best?.bits ?? 0)) best = { bits, asn: from + n };
  }
  return best?.asn ?? null;
}

describe("a lookup", () => {
  it("finds what a search of every prefix finds, for IPv4 and IPv6", () => {
    fc.assert(
      fc.property(prefixes, fc.array(address, { maxLength: 40 }), (given, others) => {
        const table = parseAll(toCsv(given));
        for (const one of [...others, ...given.map(({ of }) => of)]) {
          assert.equal(table.lookup(print(one))?.asn ?? null, naiveAsn(given, one), print(one));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("is exact at both ends of the address space", () => {
    const table = parseAll(
      "0.0.0.0/0,1,All,isp\n255.255.255.255,2,Last,isp\n::/0,3,All six,isp\nffff::/16,4,Last six,isp",
    );
    const asnOf = (text: string) => table.lookup(text)?.asn;
    assert.deepEqual(["::ffff:0.0.0.0", "::ffff:255.255.255.254", "::ffff:255.255.255.255"].map(asnOf), [1, 1, 2]);
    assert.deepEqual(["::", "fffe::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"].map(asnOf), [3, 3, 4]);
  });

  it("takes IPv4 plain and mapped, and keeps the families apart", () => {
    const table = parseAll("192.0.2.0/24,1,Plain,isp\n::ffff:198.51.100.0/120,2,Mapped,isp\n::/0,3,Six,isp");
    const asnOf = (text: string) => table.lookup(text)?.asn;
    assert.deepEqual(["192.0.2.9", "::ffff:192.0.2.9", "::ffff:c000:209"].map(asnOf), [1, 1, 1]);
    assert.deepEqual(["::ffff:198.51.100.255", "::ffff:203.0.113.1"].map(asnOf), [2, undefined]);
  });

  it("answers the same the second time, and after more addresses than it remembers", () => {
    const table = parseAll("10.0.0.0/8,1,Inside,internal");
    for (let n = 0; n < 200_000; n++) table.lookup(`::ffff:10.${n >>> 16}.${(n >>> 8) & 255}.${n & 255}`);
    for (const _ of [1, 2]) {
      assert.equal(table.lookup("::ffff:10.0.0.1")?.name, "Inside");
      assert.equal(table.lookup("::ffff:11.0.0.1"), null);
    }
  });
});

describe("a table over another", () => {
  it("wins wherever it matches, however long the prefixes under it are", () => {
    fc.assert(
      fc.property(prefixes, prefixes, address, (over, under, one) => {
        const table = overlay(parseAll(toCsv(over)), parseAll(toCsv(under, 1000)));
        assert.equal(table.lookup(print(one))?.asn ?? null, naiveAsn(over, one) ?? naiveAsn(under, one, 1000));
      }),
    );
  });

  it("changes nothing when it is empty", () => {
    const empty = parseAll("");
    const table = overlay(empty, parseAll("10.0.0.0/8,1,Inside,internal"));
    assert.equal(table.lookup("::ffff:10.1.2.3")?.asn, 1);
    assert.equal(empty.lookup("::ffff:10.1.2.3"), null);
  });
});

describe("a networks file", () => {
  it("may have a header, comments, blank lines, quotes, a byte order mark and Windows line ends", () => {
    const csv =
      '\ufeff# ours\r\ncidr,asn,name,type\r\n\r\n192.0.2.0/24, AS64500 ,"Acme ""East"", Ltd",Hosting\r\n10.1.2.3,,,internal\r\n';
    const table = parseAll(csv);
    assert.deepEqual(table.lookup("192.0.2.1"), { asn: 64500, name: 'Acme "East", Ltd', type: "hosting" });
    assert.deepEqual(table.lookup("10.1.2.3"), { asn: 0, name: "", type: "internal" });
    assert.equal(table.prefixCount, 2);
  });

  const faults: readonly [line: string, problem: RegExp][] = [
    ["192.0.2.0/33,1,x,isp", /^cidr "192\.0\.2\.0\/33": write /],
    ["192.0.2/24,1,x,isp", /^cidr /],
    ["010.0.0.1,1,x,isp", /^cidr /],
    ["2001:db8::/129,1,x,isp", /^cidr /],
    ["fe80::1%eth0,1,x,isp", /^cidr /],
    [",1,x,isp", /^cidr "": write /],
    ["10.0.0.0/8,ASX,x,isp", /^asn "ASX": write a number /],
    ["10.0.0.0/8,4294967296,x,isp", /^asn /],
    ["10.0.0.0/8,1,x,datacenter", /^type "datacenter": write one of hosting, isp, cloud, vpn, business, internal$/],
    ["10.0.0.0/8,1,a, b,isp", /^5 fields: .* double quotes$/],
    ["10.0.0.0/8", /^1 fields: /],
    ['10.0.0.0/8,1,"open,isp', /^quotes: /],
    ["10.0.0.0/8,1,be\u0007ll,isp", /^name .* control characters and marks of writing direction$/],
  ];

  for (const [fault, expected] of faults) {
    it(`names field and fix of ${JSON.stringify(fault)}, and loses no other line`, () => {
      const { table, problems } = parseNetworks(`172.16.0.0/12,1,One,isp\n${fault}\n172.32.0.0/12,2,Two,isp`);
      assert.deepEqual(
        problems.map(({ line }) => line),
        [2],
      );
      assert.match(problems[0]?.problem ?? "", expected);
      assert.deepEqual([table.lookup("172.16.0.1")?.asn, table.lookup("172.32.0.1")?.asn], [1, 2]);
    });
  }

  it("loses only its bad lines, wherever and whatever they are", () => {
    const bad = fc.oneof(
      fc.constantFrom(...faults.map(([line]) => line)),
      fc.string().map((text) => `!${text}`),
    );
    const lines = fc.array(
      fc.oneof(
        prefix,
        bad.filter((line) => !/[\r\n]/.test(line)),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(lines, address, (given, one) => {
        const good = given.filter((line) => typeof line !== "string");
        let asn = 0;
        const csv = given.map((line) => (typeof line === "string" ? line : toCsv([line], ++asn))).join("\n");
        const { table, problems } = parseNetworks(`cidr,asn,name,type\n${csv}`);
        const badAt = given.flatMap((line, n) => (typeof line === "string" ? [n + 2] : []));
        assert.deepEqual(
          problems.map(({ line }) => line),
          badAt,
        );
        assert.equal(table.lookup(print(one))?.asn ?? null, naiveAsn(good, one));
      }),
    );
  });

  it("refuses a header of other columns instead of reading them as ours", () => {
    const { problems } = parseNetworks("cidr,name,asn,type\n10.0.0.0/8,1,Inside,internal");
    assert.deepEqual(
      problems.map(({ line }) => line),
      [1],
    );
    assert.match(problems[0]?.problem ?? "", /must be cidr,asn,name,type/);
  });

  it("shows no secret when the wrong file was named", () => {
    const secret = ["sk", "live", "51H8aQZkExampleExample0000"].join("_");
    const { problems } = parseNetworks(`${secret},1,x,isp`);
    assert.ok(problems[0] !== undefined && !problems[0].problem.includes(secret));
  });
});

it("a page names a network by number, name and type, as far as they are known", () => {
  const texts = [
    { asn: 64500, name: "Example Hosting", type: "hosting" as const },
    { asn: 64500, name: "", type: "vpn" as const },
    { asn: 0, name: "Office", type: "internal" as const },
    { asn: 0, name: "", type: "isp" as const },
  ].map(describeNetwork);
  const expected = ["AS64500 Example Hosting (hosting)", "AS64500 (vpn)", "Office (internal)", "unnamed network (isp)"];
  assert.deepEqual(texts, expected);
  // A private address is told by one name, whoever asks: with its own row, by the built-in table, or by nothing but its type.
  const own = [reservedSpace.lookup("::ffff:10.0.0.5")!, { asn: 0, name: "", type: "internal" as const }];
  assert.deepEqual(own.map(describeNetwork), ["your own network (internal)", "your own network (internal)"]);
});
