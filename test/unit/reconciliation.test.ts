import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgeReconciliation, type ReconciliationVerdict } from "../../src/detect/reconciliation.js";
import { keyDaysPerFalseAlarm, thresholds } from "../../src/detect/threshold.js";
import {
  BLOCK_MS,
  BLOCKS_PER_DAY,
  gatherEvidence,
  unreportedOf,
  type ComparedBlock,
} from "../../src/detect/unreported.js";
import { learnUsualLoss, vouchFor } from "../../src/detect/usual-loss.js";
import { Random } from "../../src/local/simulator/random.js";

const SEED = Number(process.env["TEST_SEED"] ?? 20_261_128);
const DAY = 86_400_000;
const FROM = Date.parse("2026-03-02T00:00:00Z");
/** As of a fleet of 40 keys with a budget of one false page a month. */
const LIMITS = thresholds(0.83, 10);
/** It wakes nobody; but this is how rare it would have to be. */
const isPage = (verdict: ReconciliationVerdict | null) => (verdict?.score ?? 0) >= LIMITS.page;

interface Life {
  readonly days: number;
  readonly mean: number;
  readonly loss: number;
  /** Requests that nobody made, per request of the owner, in a block. */
  readonly added?: (block: number) => number;
  /** What callers miss of a block of so many requests. */
  readonly missed?: (own: number, loss: number) => number;
}

function lifeOf(random: Random, { days, mean, loss, added, missed }: Life): ComparedBlock[] {
  return Array.from({ length: days * BLOCKS_PER_DAY }, (_, i) => {
    const own = random.poisson(mean);
    const lost = missed === undefined ? random.binomial(own, loss) : missed(own, loss);
    const extra = random.poisson(mean * (added?.(i) ?? 0));
    return { at: FROM + i * BLOCK_MS, gateway: own + extra, caller: own - Math.min(own, lost), spendMicros: 0 };
  });
}

/** Ends (in blocks from a day's beginning on) of all blocks from then on that page. */
function pages(compared: readonly ComparedBlock[], fromDay: number, vouchedAt: readonly number[] = []): number[] {
  const blocks = unreportedOf(compared);
  const found: number[] = [];
  for (let day = fromDay; day < compared.length / BLOCKS_PER_DAY; day += 1) {
    const start = FROM + day * DAY;
    const before = blocks.filter(({ at }) => at < start);
    const learned = learnUsualLoss(before, start, vouchedAt);
    if (learned === null) continue;
    for (let i = day * BLOCKS_PER_DAY; i < (day + 1) * BLOCKS_PER_DAY; i += 1) {
      const seen = blocks.slice(Math.max(0, i - 700), i + 1);
      const said = vouchedAt.filter((at) => at <= seen.at(-1)!.at);
      const usual = vouchFor(
        learned,
        seen,
        said.filter((at) => at > start),
      );
      if (isPage(judgeReconciliation(seen, usual, said.at(-1) ?? 0, LIMITS)))
        found.push(i + 1 - fromDay * BLOCKS_PER_DAY);
    }
  }
  return found;
}

describe("reconciliation of callers and gateway", () => {
  // By Doob's inequality: what has a mean of at most one more a block reaches a level within some blocks with a chance of blocks / level at most.
  it(`false alarms come no more often than their evidence says, however losses clump (seed ${SEED})`, () => {
    const random = new Random(SEED, "null");
    const [most, draws] = [0.02, 500];
    const shapes: readonly ((own: number) => number)[] = [
      (own) => random.binomial(own, most),
      // All of a block at once, as rarely as the mean allows.
      (own) => (random.chance(most) ? own : 0),
      (own) => (random.chance(5 * most) ? Math.round(own / 5) : 0),
      (own) => random.binomial(own, Math.min(1, most * random.exponential(1))),
    ];
    for (const [s, missed] of shapes.entries()) {
      for (const mean of [3, 200]) {
        const peaks = Array.from({ length: draws }, () => {
          const life = unreportedOf(lifeOf(random, { days: 1, mean, loss: most, missed }));
          return gatherEvidence(life, { most, perBlock: mean }).peak;
        });
        for (const level of [200, 1000, 5000]) {
          const expected = (draws * BLOCKS_PER_DAY) / level;
          const alarms = peaks.filter((peak) => peak >= level).length;
          const bound = expected + 3 * Math.sqrt(expected) + 1;
          assert.ok(alarms <= bound, `shape ${s}, mean ${mean}, level ${level}: ${alarms} alarms of ${expected}`);
        }
      }
    }
  });

  it(`keys whose losses stay as they were page within the budget (seed ${SEED})`, () => {
    const random = new Random(SEED, "budget");
    let [days, false_] = [0, 0];
    for (let key = 0; key < 40; key += 1) {
      const [mean, loss] = [random.logNormal(60, 1.2), Math.min(0.05, random.logNormal(0.003, 1))];
      let daily = 1;
      const missed = (own: number) => {
        if (random.chance(1 / BLOCKS_PER_DAY)) daily = random.logNormal(1, 0.4);
        return random.binomial(own, Math.min(1, loss * daily * random.logNormal(1, 0.5)));
      };
      const found = pages(lifeOf(random, { days: 22, mean, loss, missed }), 18);
      days += 4;
      false_ += found.length > 0 ? 1 : 0;
    }
    // 160 key-days at 0.83 in 1,000: 0.1 are to be expected.
    assert.ok(false_ <= 1, `${false_} of ${days} key-days`);
  });

  it(`an attacker who adds a twentieth to a steady key is found within a day, and its beginning within the hour (seed ${SEED})`, () => {
    const random = new Random(SEED, "attack");
    for (const mean of [30, 150, 2000]) {
      for (let draw = 0; draw < 5; draw += 1) {
        const begin = 24 * BLOCKS_PER_DAY;
        const life = lifeOf(random, { days: 25, mean, loss: 0.003, added: (i) => (i >= begin ? 0.05 : 0) });
        const found = pages(life, 24);
        assert.ok(found.length > 0 && found[0]! <= BLOCKS_PER_DAY, `mean ${mean}: ${found[0]}`);
        const blocks = unreportedOf(life);
        const usual = learnUsualLoss(blocks.slice(0, begin), FROM + 24 * DAY, [])!;
        const verdict = judgeReconciliation(blocks.slice(0, begin + found.at(-1)!).slice(-700), usual, 0, LIMITS)!;
        const late = (verdict.onset - (FROM + 24 * DAY)) / 3_600_000;
        assert.ok(Math.abs(late) <= (mean < 100 ? 6 : 1), `mean ${mean}: onset ${late} h`);
        assert.ok(keyDaysPerFalseAlarm(verdict.score, LIMITS.scale) > 1000);
      }
    }
  });

  it("an attacker teaches nothing: what was added for two weeks is still found, and a month of usual days after it is not", () => {
    const random = new Random(SEED, "frozen");
    const isStolen = (i: number) => i >= 10 * BLOCKS_PER_DAY && i < 24 * BLOCKS_PER_DAY;
    const life = lifeOf(random, { days: 28, mean: 150, loss: 0.003, added: (i) => (isStolen(i) ? 0.2 : 0) });
    const found = pages(life, 23);
    assert.ok(found.some((end) => end <= BLOCKS_PER_DAY));
    assert.deepEqual(
      found.filter((end) => end > 2 * BLOCKS_PER_DAY),
      [],
    );
  });

  it("what a person called legitimate is usual from then on, and more than that is not", () => {
    const random = new Random(SEED, "vouched");
    const begin = 20 * BLOCKS_PER_DAY;
    const more = 22 * BLOCKS_PER_DAY;
    const added = (i: number) => (i < begin ? 0 : i < more ? 0.1 : 0.5);
    const said = FROM + (begin + 16) * BLOCK_MS;
    const found = pages(lifeOf(random, { days: 23, mean: 150, loss: 0.003, added }), 20, [said]);
    assert.ok(found.some((end) => end <= 16));
    assert.deepEqual(
      found.filter((end) => end > 16 && end <= 2 * BLOCKS_PER_DAY),
      [],
    );
    assert.ok(found.some((end) => end > 2 * BLOCKS_PER_DAY));
  });

  it("what reaches the gateway on this side of a block's end and was counted on the other is missing in neither", () => {
    const blocks = Array.from({ length: 200 }, (_, i) => ({
      at: FROM + i * BLOCK_MS,
      gateway: i % 2 === 0 ? 90 : 110,
      caller: i % 2 === 0 ? 110 : 90,
      spendMicros: 0,
    }));
    assert.ok(unreportedOf(blocks).every(({ unreported }) => unreported === 0));
  });
});
