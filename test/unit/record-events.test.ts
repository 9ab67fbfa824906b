import assert from "node:assert/strict";
import { test } from "node:test";
import { ClickHouseError } from "@clickhouse/client";
import { recordEvents, type RecordDeps } from "../../src/pipeline/ingest/record-events.js";
import { judgeInsertError, waitAfter } from "../../src/store/ingest/insert-problem.js";
import type { IngestBufferBlock } from "../../src/store/ingest/ingest-buffer.js";

const block: IngestBufferBlock = {
  id: "b1",
  rows: 3,
  since: 0,
  heartbeats: [{ source: "acme", minute: 0 }],
  counts: [{ hour: 0, source: "acme", process: "p", events: 3 }],
  pieces: [Buffer.from("first"), Buffer.from("second")],
};

const clickhouseError = (code: string, message = "") => new ClickHouseError({ code, message, type: "" });

/** Notes every step; `failures` are thrown by the first steps of their name, one by one. */
function recorder(failures: Readonly<Record<string, Error[]>> = {}): RecordDeps & { readonly steps: string[] } {
  const steps: string[] = [];
  const left = new Map(Object.entries(failures).map(([step, errors]) => [step, [...errors]]));
  const note = async (step: string) => {
    steps.push(step);
    const error = left.get(step)?.shift();
    if (error !== undefined) throw error;
  };
  return {
    steps,
    ingestBuffer: {
      read: async (id) => (id === block.id ? block : null),
      forget: async (id) => note(`forget ${id}`).then(() => 0),
    },
    writerOf: () => ({
      insertBlock: async (pieces, token) => note(`${Buffer.concat([...pieces]).toString()} ${token}`),
      insertHeartbeats: async (heartbeats, token) => note(`${heartbeats.length} ${token}`),
      insertCounts: async (counts, token) => note(`${counts.length} ${token}`),
      tryRows: async () => null,
      insertWithout: async () => note("insert the rest"),
      quarantineRows: async () => note("quarantine rows"),
      quarantinePiece: async () => note("quarantine a piece"),
    }),
    pause: async (_ms, stopping) => {
      await note("pause");
      stopping?.throwIfAborted();
    },
    onProblem: () => undefined,
    onSalvaged: () => undefined,
    onRecorded: () => undefined,
  };
}

const ALL = ["firstsecond b1", "1 b1:heartbeats", "1 b1:counts", "forget b1"];

test("a block is forgotten only after everything of it was written, under the same tokens on every try", async () => {
  for (const [index, step] of ALL.entries()) {
    const failing = recorder({ [step]: [new TypeError("dies")] });
    await assert.rejects(recordEvents(failing, "b1"), /dies/);
    assert.deepEqual(failing.steps, ALL.slice(0, index + 1));
  }
  const last = recorder();
  await recordEvents(last, "b1");
  assert.deepEqual(last.steps, ALL);
});

test("a job of a block that was forgotten writes nothing, and one that lost its rows is no success", async () => {
  const seen = recorder();
  await recordEvents(seen, "b0");
  assert.deepEqual(seen.steps, []);
  const lost = { ...seen, ingestBuffer: { ...seen.ingestBuffer, read: async () => ({ ...block, pieces: [] }) } };
  await assert.rejects(recordEvents(lost, "b1"), /lost its 3 rows/);
});

test("while ClickHouse is away, full, read-only or wrongly set up the same block waits, and nothing of it is given up", async () => {
  const errors = [
    Object.assign(new Error("no"), { code: "ECONNREFUSED" }),
    new Error("Timeout error."),
    ...["241", "242", "252", "60", "516"].map((code) => clickhouseError(code)),
    // A view that fails on what the rows say is not the rows' fault: each of them can be read.
    clickhouseError("6", "while pushing to view"),
  ];
  const waiting = recorder({ [ALL[0]!]: errors });
  await recordEvents(waiting, "b1");
  assert.deepEqual(waiting.steps, [...errors.flatMap(() => [ALL[0], "pause"]), ...ALL]);
});

test("a worker that is to stop waits no longer, and leaves the block where it is", async () => {
  const stopping = AbortSignal.abort(new Error("stopping"));
  const waiting = recorder({ [ALL[0]!]: [clickhouseError("241")] });
  await assert.rejects(recordEvents(waiting, "b1", stopping), /stopping/);
  assert.ok(!waiting.steps.includes("forget b1"));
});

test("what ClickHouse answers is told apart by its code", () => {
  const verdictOf = (code: string, message = "") => judgeInsertError(clickhouseError(code, message)).verdict;
  assert.deepEqual(
    ["159", "241", "164", "676", "60", "497", "1"].map((code) => verdictOf(code)),
    ["away", "overloaded", "read_only", "poison", "setup", "setup", "setup"],
  );
  assert.equal(verdictOf("252", "Too many parts (3000) in all data parts"), "overloaded");
  assert.equal(verdictOf("252", "Too many partitions for single INSERT block"), "setup");
  assert.equal(verdictOf("117", "Cannot read all data"), "poison");
  // A newer version's block, which it can record: taken for poison it would end in quarantine.
  assert.equal(verdictOf("117", "Unknown column with name risk found while reading data in Native format"), "setup");
  assert.throws(() => judgeInsertError(new TypeError("ours")), TypeError);
});

test("waits grow to a bound and are never shorter than half of it", () => {
  const waits = [1, 2, 3, 10, 100].map((tries) => waitAfter("away", tries, 0));
  assert.deepEqual(waits, [125, 250, 500, 2500, 2500]);
  assert.equal(waitAfter("away", 100, 1), 5000);
});
