import assert from "node:assert/strict";
import { test } from "node:test";
import { breadthOf, MOST_NETWORKS } from "../../src/model/finding/breadth.js";

/** So many blocks of so many bits, one after the other. */
const blocks = (count: number, bits: number) =>
  Array.from({ length: count }, (_, i) => {
    const first = i * 2 ** (32 - bits) + 0x0b000000;
    return `${first >>> 24}.${(first >>> 16) & 255}.${(first >>> 8) & 255}.${first & 255}/${bits}`;
  });

test("no list of networks is everywhere, however it is written or cut into pieces", () => {
  const everywhere = [
    ["0.0.0.0/0"],
    ["::/0"],
    ["::ffff:0:0/96"],
    ["198.51.100.7/0"],
    ["0.0.0.0/1", "128.0.0.0/1"],
    ["2000::/3"],
    ["2a00::/12"],
    blocks(3, 8),
    blocks(MOST_NETWORKS + 1, 32),
  ];
  for (const networks of everywhere) assert.notEqual(breadthOf(networks).refusal, null, networks.join());
  for (const networks of [
    ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/16"],
    ["203.0.113.5"],
    blocks(100, 24),
    [],
  ])
    assert.equal(breadthOf(networks).refusal, null, networks.join());
});

test("what is wider than a /16, or a /32 of IPv6, is said, as one block or as many; the bound itself is not", () => {
  const wide = (networks: readonly string[]) => breadthOf(networks).wide.length;
  assert.deepEqual(
    [
      ["10.0.0.0/16"],
      ["10.0.0.0/15"],
      ["2001:db8::/32"],
      ["2001:db8::/31"],
      blocks(2, 16),
      blocks(100, 22),
      blocks(64, 22),
    ].map(wide),
    [0, 1, 0, 1, 1, 1, 0],
  );
  assert.deepEqual(breadthOf(["203.0.113.77/24", "203.0.113.0/24", "nonsense"]).blocks, ["203.0.113.0/24"]);
  assert.deepEqual(breadthOf(["203.0.112.0/23", "203.0.113.0/24", "203.0.113.5"]).shared, {
    blocks: ["203.0.112.0/23", "203.0.113.0/24"],
    wide: ["203.0.112.0/23"],
  });
});
