import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { orderEvents } from "../../src/import/order-events.js";
import { parseRebase, rebase } from "../../src/import/rebase.js";
import { halveBatch, splitBatches } from "../../src/import/split-batches.js";
import type { WireEvent } from "../../src/import/wire-event.js";

const START = Date.parse("2026-03-08T02:00:00Z");
const event = (n: number, seconds = n): WireEvent => ({
  ts: new Date(START + seconds * 1000).toISOString(),
  key_id: `AKIAEXAMPLE${n % 7}`,
  id: `request-${n}`,
});
const events = Array.from({ length: 12_001 }, (_, n) => event(n, (n * 31) % 600));

describe("the batches of an import", () => {
  it("are the same bytes whatever order the files came in", () => {
    const bodies = (given: readonly WireEvent[]) =>
      [...splitBatches(orderEvents(given).events)].map(({ body }) => body);
    assert.deepEqual(bodies(events.toReversed()), bodies(events));
  });

  it("hold every event once, in time order, at most 5,000 together", () => {
    const batches = [...splitBatches(orderEvents(events).events)];
    assert.deepEqual(
      batches.map((batch) => batch.events),
      [5000, 5000, 2001],
    );
    const lines = batches
      .flatMap((batch) => batch.body.trimEnd().split("\n"))
      .map((line) => JSON.parse(line) as WireEvent);
    assert.equal(new Set(lines.map((line) => line.id)).size, events.length);
    assert.ok(lines.every((line, n) => n === 0 || line.ts >= (lines[n - 1]?.ts ?? "")));
  });

  it("stay far under 10 MiB when every event is as long as it may be", () => {
    const long = events.map((one) => ({ ...one, user_agent: "ü".repeat(1000) }));
    assert.ok([...splitBatches(long)].every((batch) => Buffer.byteLength(batch.body) <= 4 * 1024 * 1024));
  });

  it("lose nothing when they are halved", () => {
    const [batch] = splitBatches(events.slice(0, 5));
    assert.ok(batch !== undefined);
    const halves = halveBatch(batch);
    assert.equal(halves?.map((half) => half.body).join(""), batch.body);
    assert.deepEqual(
      halves?.map((half) => half.events),
      [3, 2],
    );
  });
});

describe("ordering", () => {
  it("keeps an event that two trails delivered once, and says how many it left out", () => {
    assert.deepEqual(orderEvents([event(1), event(0), event(1)]), { events: [event(0), event(1)], repeated: 1 });
  });

  it("keeps events without an id, however alike they are", () => {
    const { id: _, ...alike } = event(1);
    assert.equal(orderEvents([alike, alike]).events.length, 2);
  });
});

describe("--rebase", () => {
  it("puts the last event at T and keeps every distance", () => {
    const T = Date.parse("2026-11-20T10:00:00.500Z");
    const { events: shifted, offsetMs } = rebase([event(0), event(90), event(30)], T);
    assert.deepEqual(
      shifted.map((one) => Date.parse(one.ts)),
      [T - 90_000, T, T - 60_000],
    );
    assert.equal(offsetMs, T - START - 90_000);
  });

  it("leaves no events alone", () => assert.deepEqual(rebase([], START), { events: [], offsetMs: 0 }));

  it("takes now and RFC 3339 with a zone, and nothing that depends on the machine's own zone", () => {
    assert.equal(parseRebase("now", 42), 42);
    assert.equal(parseRebase("2026-03-08T03:00:00+01:00", 42), START);
    for (const text of ["2026-03-08T02:00:00", "2026-03-08", "tomorrow", "2026-13-08T02:00:00Z"]) {
      assert.equal(parseRebase(text, 42), null, text);
    }
  });
});
