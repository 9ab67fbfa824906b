import assert from "node:assert/strict";
import { test } from "node:test";
import { recordEvents, type RecordDeps } from "../../src/pipeline/record-events.js";
import type { IntakeBlock } from "../../src/store/intake.js";

const block: IntakeBlock = {
  id: "b1",
  rows: 3,
  since: 0,
  heartbeats: [{ source: "acme", minute: 0 }],
  pieces: [Buffer.from("first"), Buffer.from("second")],
};

function recorder(failAt?: string): RecordDeps & { readonly steps: string[] } {
  const steps: string[] = [];
  const note = async (step: string) => {
    steps.push(step);
    if (step === failAt) throw new Error("away");
  };
  return {
    steps,
    intake: {
      read: async (id) => (id === block.id ? block : null),
      forget: async (id) => note(`forget ${id}`).then(() => 0),
    },
    insertBlock: async (pieces, token) => note(`${Buffer.concat([...pieces]).toString()} ${token}`),
    insertHeartbeats: async (heartbeats, token) => note(`${heartbeats.length} ${token}`),
  };
}

test("a block is forgotten only after everything of it was written, under the same tokens on every try", async () => {
  const all = ["firstsecond b1", "1 b1:heartbeats", "forget b1"];
  for (const [index, step] of all.entries()) {
    const failing = recorder(step);
    await assert.rejects(recordEvents(failing, "b1"), /away/);
    assert.deepEqual(failing.steps, all.slice(0, index + 1));
  }
  const last = recorder();
  await recordEvents(last, "b1");
  assert.deepEqual(last.steps, all);
});

test("a job of a block that was forgotten writes nothing", async () => {
  const seen = recorder();
  await recordEvents(seen, "b0");
  assert.deepEqual(seen.steps, []);
});
