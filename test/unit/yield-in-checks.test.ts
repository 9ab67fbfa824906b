import assert from "node:assert/strict";
import { test } from "node:test";
import { thresholds } from "../../src/detect/threshold.js";
import { HourForecasts } from "../../src/model/finding/hour-forecast.js";
import { ExpectedOfKeys, ownForecasts } from "../../src/pipeline/check/facts/expected-of-keys.js";
import { keyColumns } from "../../src/pipeline/check/facts/key-columns.js";
import { lookAtSpan } from "../../src/pipeline/check/leak/judge-span.js";
import type { SpanFigures } from "../../src/pipeline/check/leak/read-span.js";

const [HOUR, MINUTE] = [Date.parse("2026-03-11T14:00:00Z"), 60_000];

test("the rest of the process runs between the minutes of an hour that are judged together, so that a job's lock is renewed", async () => {
  const expected = new ExpectedOfKeys(ownForecasts(new HourForecasts(0, 0)), new Map());
  const figures = {
    learned: null,
    spokenFrom: 0,
    usage: { subjects: [], at: () => ({ read: () => false }), lay: () => ({ read: () => false }) },
    expected,
    members: [],
    columns: keyColumns([], [], expected),
    unplaced: new Set(),
    refused: new Map(),
    novel: [],
    novelty: { held: { keys: [], days: [] } },
    keys: new Map(),
    shares: null,
  } as unknown as SpanFigures;
  const ticks = Array.from({ length: 60 }, (_, i) => HOUR + (i + 1) * MINUTE);
  let turns = 0;
  const turn = () => {
    turns += 1;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  try {
    await lookAtSpan(figures, { hour: HOUR, ticks }, thresholds(1, 10));
  } finally {
    clearImmediate(next);
  }
  assert.ok(turns >= ticks.length, `${turns} turns`);
});
