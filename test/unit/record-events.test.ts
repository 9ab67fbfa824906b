import assert from "node:assert/strict";
import { test } from "node:test";
import { recordEvents, type RecordBatch } from "../../src/pipeline/record-events.js";

const block = { rows: 1, from: 0, to: 1, data: "" };
const batch: RecordBatch = {
  batch: "b1",
  source: "acme",
  receivedAt: Date.UTC(2026, 2, 8, 2, 11, 37, 5),
  blocks: [block, block],
  heartbeat: false,
};

function recorder(failAt?: string) {
  const tokens: string[] = [];
  const note = async (token: string) => {
    tokens.push(token);
    if (token === failAt) throw new Error("ClickHouse is away");
  };
  return {
    tokens,
    insertBlock: async (_block: object, token: string) => note(token),
    insertHeartbeat: async (source: string, minute: number, token: string) =>
      note(`${source} ${new Date(minute).toISOString()} ${token}`),
  };
}

test("each block has a token of its batch and place, the same on every try", async () => {
  const first = recorder("b1:1");
  await assert.rejects(recordEvents(first, batch), /away/);
  const second = recorder();
  await recordEvents(second, batch);
  assert.deepEqual(first.tokens, ["b1:0", "b1:1"]);
  assert.deepEqual(second.tokens, ["b1:0", "b1:1"]);
});

test("a heartbeat is noted for the minute in which it was received", async () => {
  const seen = recorder();
  await recordEvents(seen, { ...batch, blocks: [], heartbeat: true });
  assert.deepEqual(seen.tokens, ["acme 2026-03-08T02:11:00.000Z b1:heartbeat"]);
});
