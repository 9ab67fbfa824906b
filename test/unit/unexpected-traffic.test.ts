import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { SuppressionRevision } from "../../src/model/incident/suppression.js";
import { splitIntoPieces } from "../../src/pipeline/check/facts/novel-piece.js";
import { groupRuns } from "../../src/pipeline/check/facts/novel-windows.js";
import type { BlamedTraffic } from "../../src/pipeline/check/leak/blamed-traffic.js";
import { NewTraffic } from "../../src/pipeline/check/leak/new-traffic.js";
import { asked, DAY_MS, HOUR, HOUR_MS, MINUTE, NEW_MS, rows, SETS, START } from "../helpers/any-novel-rows.js";

test("beside those whom people expect the others alone are blamed, and all where no other was there in the window", () => {
  const suppression: SuppressionRevision = {
    suppressionId: "s",
    revision: 1,
    action: "recorded",
    incidentId: "i",
    keyId: "k",
    cause: "leak",
    subject: null,
    networks: ["198.51.100.0/24"],
    from: HOUR,
    until: HOUR + HOUR_MS,
    statedUntil: HOUR + HOUR_MS,
    recordedAt: HOUR,
    actor: "ana",
    note: "",
  };
  const isExpected = (address: string) => address.startsWith("198.51.100.");
  fc.assert(
    fc.property(rows, asked, (given, ticks) => {
      const runs = groupRuns(splitIntoPieces(given, START, HOUR + HOUR_MS)).get("gateway k") ?? [];
      const none = { hour: HOUR, runs, newFrom: HOUR - NEW_MS, refused: [], refusedSources: [], suppressions: [] };
      const traffic = new NewTraffic({ ...none, suppressions: [suppression] });
      const plain = new NewTraffic(none);
      for (const [at, ago] of ticks) {
        const tick = HOUR + at * MINUTE;
        const end = DAY_MS / MINUTE + at;
        for (const levels of SETS) {
          const told = (of: BlamedTraffic) => of.between(end - ago, end).map(({ source }) => source.value);
          const all = told(plain.at(levels, tick - NEW_MS));
          const others = tick < suppression.statedUntil ? all.filter((address) => !isExpected(address)) : all;
          const of = traffic.unexpectedAt(levels, tick - NEW_MS, { tick, minutes: [end - ago, end] });
          assert.deepEqual(told(of), others.length === 0 ? all : others);
        }
      }
    }),
    { numRuns: 100 },
  );
});
