import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { AttackKind } from "../../src/local/simulator/attacks.js";
import { networksCsv } from "../../src/local/simulator/networks.js";
import type { Fleet } from "../../src/local/simulator/fleet.js";
import { simulateFleet } from "../../src/local/simulator/simulate-fleet.js";
import { parseAddress } from "../../src/model/network/parse-address.js";
import { parseNetworks } from "../../src/model/network/network-table.js";
import { readInvestigation, type Investigation } from "../../src/pipeline/view/investigation.js";
import { loadHistory } from "../../src/pipeline/replay/load-history.js";
import { openParseThreads } from "../../src/pipeline/replay/parse-threads.js";
import { Secret } from "../../src/secret.js";
import { createScratchDatabase } from "../../src/store/clickhouse/scratch-database.js";
import { openStore } from "../../src/store/store.js";
import { testServices } from "../helpers/services.js";

const DAY_MS = 86_400_000;
const FROM = Date.UTC(2026, 2, 2);
const DAYS = 9;
/** Kinds that a detector finds in networks that the key did not know, twice each. */
const KINDS: readonly AttackKind[] = ["A", "B", "D", "E", "H"];

const unknownSourcesText = ({ sources }: Investigation) =>
  sources
    .filter(({ isUnknownSource }) => isUnknownSource)
    .map(
      (one) =>
        `${one.address} AS${one.asn} ${one.standing} from ${new Date(one.firstAt).toISOString()} ${one.requests}`,
    )
    .join("; ");

function firstStolenMinute(fleet: Fleet, keyIndex: number, from: number): number {
  for (const { minute, groups } of fleet.keyTraffic(keyIndex)) {
    if (minute >= from && groups.some(({ isAttack }) => isAttack)) return minute;
  }
  throw new Error("nothing was stolen");
}

test("for a theft of each kind from a simulated fleet the investigation names the attacker's networks, the first request within 5 minutes and the cost within 5 %", async (t) => {
  const ends: (() => unknown)[] = [];
  t.after(async () => {
    for (const end of ends.toReversed()) await end();
  });
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-dossier-"));
  ends.push(() => rmSync(dir, { recursive: true, force: true }));
  const attacks = KINDS.map((kind) => ({ kind, origin: "hosting" as const }));
  const fleet = simulateFleet({ seed: 31, keys: KINDS.length + 1, from: FROM, to: FROM + DAYS * DAY_MS, attacks });
  const networksFile = join(dir, "networks.csv");
  writeFileSync(networksFile, networksCsv(fleet.networks));
  const { table } = parseNetworks(networksCsv(fleet.networks));

  const scratch = await createScratchDatabase(new Secret(testServices().clickhouseUrl));
  ends.push(() => scratch.drop());
  const store = openStore(scratch.url);
  ends.push(() => store.close());
  const threads = openParseThreads({ versions: [], peppers: [], networksFile }, 2);
  ends.push(() => threads.close());
  const pieces = async function* () {
    for (const { lines } of fleet.batches(20_000)) yield Buffer.from(lines);
  };
  await loadHistory({ store, threads }, pieces());

  assert.equal(fleet.labels.length, attacks.length);
  for (const [index, label] of fleet.labels.entries()) {
    const stolen = fleet.countTheft(index);
    const [begin, end] = [Date.parse(label.from), Math.min(Date.parse(label.to), fleet.to)];
    // The onset of a finding is back-dated, but seldom to the very first request.
    const onset = begin + 20 * 60_000;
    const question = { keyId: label.key_id, key: null, from: begin - DAY_MS, to: end, onset };
    const investigation = await readInvestigation(store, question);
    const name = `${label.kind} on ${label.key_id}`;
    const keyIndex = fleet.keys.findIndex(({ key_id: keyId }) => keyId === label.key_id);
    const { taken } = investigation;
    assert.ok(taken !== null, `${name}: no stranger`);
    const firstAt = 60_000 * firstStolenMinute(fleet, keyIndex, begin / 60_000);
    assert.ok(
      Math.abs(taken.firstAt - firstAt) <= 5 * 60_000,
      `${name}: first ${new Date(taken.firstAt).toISOString()} of ${new Date(firstAt).toISOString()}: ${unknownSourcesText(investigation)}`,
    );
    // Some keys cost nothing.
    for (const what of ["requests", "spendMicros"] as const) {
      const off = Math.abs(taken[what] - stolen[what]) / Math.max(1, stolen[what]);
      assert.ok(
        off <= 0.05,
        `${name}: ${what} ${taken[what]} of ${stolen[what]}: ${unknownSourcesText(investigation)}`,
      );
    }
    const wanted = new Set(label.networks.map((cidr) => table.lookup(parseAddress(cidr.split("/")[0]!)!)?.asn));
    const told = new Set(investigation.sources.filter(({ isUnknownSource }) => isUnknownSource).map(({ asn }) => asn));
    for (const asn of told) assert.ok(wanted.has(asn), `${name}: AS${asn} is the thief's`);
  }
});
