import assert from "node:assert/strict";
import { test } from "node:test";
import { FAULTS } from "../faults/fault-kinds.js";
import { drawFaults, runRound } from "../faults/fault-round.js";

const ROUNDS = Number(process.env["REPLICATED_ROUNDS"] ?? 1);
const SEED = Number(process.env["TEST_SEED"] ?? 20_261_128);
const SHARDS = Number(process.env["TEST_SHARDS"] ?? 1);

for (let round = 0; round < ROUNDS; round += 1) {
  const seed = SEED + round;
  test(`with replicas and sentinels, each acknowledged event is in ClickHouse once, whatever is killed (seed ${seed})`, async (t) => {
    const faults = drawFaults(seed, Object.keys(FAULTS).length + 6);
    const wish = { seed, events: 50_000, faults, replicated: true, shards: SHARDS };
    const { ledger, rows, distinct, rollups, quarantined, toldLost, seconds } = await runRound(
      wish,
      t.diagnostic.bind(t),
    );
    t.diagnostic(
      `${faults.length} faults in ${seconds} s: ${ledger.acknowledged} acknowledged, ${ledger.retries} sent again for an answer, ` +
        `${ledger.repeats} repeated after one; ${ledger.acknowledged - distinct} lost, ${rows - distinct} doubled`,
    );
    assert.deepEqual(ledger.faults, []);
    assert.ok(ledger.acknowledged >= wish.events && ledger.repeats > 0 && ledger.retries > 0);
    assert.deepEqual(
      { rows, distinct, quarantined },
      { rows: ledger.acknowledged, distinct: ledger.acknowledged, quarantined: 0 },
    );
    assert.deepEqual(rollups, Object.fromEntries(Object.keys(rollups).map((name) => [name, ledger.acknowledged])));
    assert.deepEqual(toldLost, []);
  });
}
