import assert from "node:assert/strict";
import { test } from "node:test";
import type { Severity } from "../../src/model/incident/page.js";
import { digestPage, type ListedPage } from "../../src/page/compose/compose-digest.js";

const OF = { digestId: "digest/2026-03-08T12:00:00.000Z", routingRef: null, step: 1, at: Date.UTC(2026, 2, 8, 12) };

function told(i: number, severity: Severity, score: number, lossMicros: number, summary = `incident ${i}`): ListedPage {
  const name = String(i).padStart(4, "0");
  const body = JSON.stringify({ payload: { summary } });
  return {
    pageId: `leak/${name}/1`,
    incidentId: `leak/${name}`,
    keyId: `key_${name}`,
    severity,
    score,
    lossMicros,
    body,
  };
}

function detailsOf(pages: readonly ListedPage[]) {
  const { body } = digestPage(OF, pages, null);
  const { payload } = JSON.parse(body) as {
    payload: { severity: string; custom_details: { keys: string[]; incidents: string[]; dropped_details?: string } };
  };
  return { bytes: Buffer.byteLength(body), severity: payload.severity, ...payload.custom_details };
}

test("of two incidents the more severe is named first, else the higher score, else the dearer, else the older name", () => {
  const pages = [
    told(1, "warning", 99, 99e6),
    told(2, "error", 12, 5e6),
    told(3, "error", 12, 6e6),
    told(4, "error", 13, 0),
    told(5, "critical", 0, 0),
    told(6, "error", 12, 5e6),
  ];
  const { keys, severity } = detailsOf(pages);
  assert.deepEqual(
    keys.map((key) => Number(key.slice(4))),
    [5, 4, 3, 2, 6, 1],
  );
  assert.equal(severity, "critical");
  assert.deepEqual(detailsOf(pages.toReversed()).keys, keys);
});

test("a list that PagerDuty has no room for is cut at its lightest end, and says how many are missing", () => {
  const pages = Array.from({ length: 3000 }, (_, i) => told(i, "error", i, 0, `${i} "\u0007${"é".repeat(200)}`));
  const { incidents, keys, bytes, dropped_details: dropped } = detailsOf(pages);
  assert.equal(dropped, undefined);
  assert.ok(bytes < 500_000, `${bytes} bytes`);
  const [first, last] = [incidents[0]!, incidents.at(-1)!];
  assert.match(first, /^error: 2999 /);
  assert.equal(
    last,
    `and ${(3000 - incidents.length + 1).toLocaleString("en-US")} more incidents: plimsoll incidents list`,
  );
  assert.ok(incidents.length > 500 && keys.length === 3000);
  const wide = detailsOf(Array.from({ length: 30_000 }, (_, i) => told(i, "error", i, 0)));
  assert.match(wide.keys.at(-1)!, /^and [\d,]+ more keys: plimsoll incidents list$/);
  assert.ok(wide.bytes < 500_000 && wide.dropped_details === undefined);
});
