import assert from "node:assert/strict";
import { test } from "node:test";
import { assert as check, nat, property } from "fast-check";
import { drawAddress, drawOperators, networksCsv } from "../../src/local/simulator/networks.js";
import { Random } from "../../src/local/simulator/random.js";
import { openShape, type DayShape } from "../../src/local/simulator/rate-shape.js";

test("networks do not overlap, and addresses drawn from one lie in it", () => {
  check(
    property(nat(), (seed) => {
      const networks = drawOperators(seed).flatMap((operator) => operator.networks);
      const blocks = networks.map(({ version, cidr }) => (version === 4 ? cidr.split(".", 2).join(".") : cidr));
      assert.equal(new Set(blocks).size, networks.length);
      const random = new Random(seed, "test");
      for (const network of random.sample(networks, 20)) {
        const address = drawAddress(network, random.below(network.subnets), random);
        if (network.version === 6) {
          assert.equal(address, new URL(`http://[${address}]/`).hostname.slice(1, -1), "canonical");
          assert.ok(address.startsWith(network.cidr.replace("::/32", ":")));
          continue;
        }
        const [base = "", bits] = network.cidr.split("/");
        const size = 2 ** (32 - Number(bits));
        assert.equal(
          Math.floor(toNumber(address) / size),
          Math.floor(toNumber(base) / size),
          `${address} in ${network.cidr}`,
        );
      }
      assert.equal(networksCsv(networks).split("\n").length, networks.length + 2);
    }),
    { numRuns: 20 },
  );
});

function toNumber(address: string): number {
  return address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

test("every kind of day keeps its mean over whole weeks", () => {
  const shapes: DayShape[] = [
    { kind: "business", utcOffsetMinutes: -300, night: 0.1, weekend: 0.2 },
    { kind: "evening", utcOffsetMinutes: 540, night: 0.1, weekend: 1.2 },
    { kind: "mixed", utcOffsetMinutes: 0, night: 0.1, weekend: 0.2 },
    { kind: "flat" },
    { kind: "poller", everyMinutes: 5, phaseMinutes: 3 },
    { kind: "cron", everyMinutes: 30, phaseMinutes: 7, burstMinutes: 2, between: 0.2 },
    { kind: "nightly", startMinute: 1400, minutes: 120 },
    { kind: "plateau", startMinute: 90, minutes: 240 },
    { kind: "weekly", weekday: 6, startMinute: 1380, minutes: 180 },
    { kind: "ci", utcOffsetMinutes: 60, seed: 3 },
    { kind: "dormant", seed: 4 },
  ];
  for (const shape of shapes) {
    const rate = openShape(shape);
    const minutes = 104 * 10_080;
    let sum = 0;
    for (let minute = 0; minute < minutes; minute++) sum += rate(minute + 29_000_000);
    const tolerance = shape.kind === "dormant" ? 0.3 : shape.kind === "ci" ? 0.05 : 1e-3;
    assert.ok(Math.abs(sum / minutes - 1) < tolerance, `${shape.kind}: ${sum / minutes}`);
  }
});

test("drawn counts have the mean and the variance that they should have", () => {
  const random = new Random(11, "test");
  for (const mean of [0.3, 12, 400]) {
    const counts = Array.from({ length: 20_000 }, () => random.poisson(mean));
    const average = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - average) ** 2, 0) / counts.length;
    assert.ok(
      Math.abs(average / mean - 1) < 0.03 && Math.abs(variance / mean - 1) < 0.06,
      `${mean}: ${average}, ${variance}`,
    );
  }
  for (const [trials, chance] of [
    [8, 0.3],
    [60, 0.9],
    [400, 0.25],
    [5000, 0.02],
  ] as const) {
    const counts = Array.from({ length: 20_000 }, () => random.binomial(trials, chance));
    assert.ok(counts.every((count) => count >= 0 && count <= trials));
    const average = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - average) ** 2, 0) / counts.length;
    const expected = [trials * chance, trials * chance * (1 - chance)] as const;
    assert.ok(Math.abs(average / expected[0] - 1) < 0.02 && Math.abs(variance / expected[1] - 1) < 0.06, `${trials}`);
  }
  const gammas = Array.from({ length: 20_000 }, () => random.gamma(4));
  const average = gammas.reduce((sum, value) => sum + value, 0) / gammas.length;
  const variance = gammas.reduce((sum, value) => sum + (value - average) ** 2, 0) / gammas.length;
  assert.ok(Math.abs(average - 1) < 0.02 && Math.abs(variance - 0.25) < 0.02);
});
