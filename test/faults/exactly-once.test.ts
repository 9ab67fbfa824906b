import assert from "node:assert/strict";
import { test } from "node:test";
import { FAULTS } from "./fault-kinds.js";
import { drawFaults, runRound } from "./fault-round.js";

/** Set by test/run.ts from --rounds and --seed; without them one short round that leaves out what takes half a minute. */
const rounds = Number(process.env["TEST_FAULT_ROUNDS"] ?? 0);
const shards = Number(process.env["TEST_SHARDS"] ?? 1);
const seed = Number(process.env["TEST_FAULT_SEED"] ?? Date.now() % 1_000_000);
const SHORT = [
  "serve is killed while it commits a body",
  "Redis is killed",
  "work is killed",
  "answers are lost",
  "ClickHouse is killed",
];

const wishes =
  rounds === 0
    ? [{ seed, events: 20_000, faults: SHORT, shards }]
    : Array.from({ length: rounds }, (_, round) => ({
        seed: seed + round,
        events: 200_000,
        faults: drawFaults(seed + round, Object.keys(FAULTS).length),
        shards,
      }));

for (const wish of wishes) {
  test(`whatever is killed, frozen or repeated, each acknowledged event is there once, and none is told as lost (seed ${wish.seed})`, async (t) => {
    const said: string[] = [];
    const { ledger, rows, distinct, rollups, quarantined, toldLost, seconds } = await runRound(wish, (line) =>
      said.push(line),
    );
    t.diagnostic(
      `seed ${wish.seed}: ${wish.faults.length} faults of ${new Set(wish.faults).size} kinds in ${seconds} s\n${said.join("\n")}`,
    );
    t.diagnostic(
      `${ledger.acknowledged} acknowledged, ${ledger.retries} sent again for an answer, ${ledger.repeats} repeated after one; ` +
        `${ledger.acknowledged - distinct} lost, ${rows - distinct} doubled`,
    );
    assert.deepEqual(ledger.faults, []);
    assert.ok(ledger.acknowledged >= wish.events && ledger.repeats > 0 && ledger.retries > 0);
    const expected = Object.fromEntries(Object.keys(rollups).map((name) => [name, ledger.acknowledged]));
    assert.deepEqual(
      { rows, distinct, quarantined },
      { rows: ledger.acknowledged, distinct: ledger.acknowledged, quarantined: 0 },
    );
    assert.deepEqual(rollups, expected);
    assert.deepEqual(toldLost, []);
  });
}
