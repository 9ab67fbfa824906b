import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { networksCsv } from "../../src/local/simulator/networks.js";
import { parseKey } from "../../src/model/key/parse-key.js";
import { recordKeys } from "../../src/pipeline/registry/record-keys.js";
import { attackersFleet, type AttackersFleet, type FleetLine } from "./attackers-fleet.js";
import { startWholePlimsoll, type WholePlimsoll } from "./whole-plimsoll.js";

const [MINUTE, HOUR] = [60_000, 3_600_000];
/** Of how many keys one is stolen: what most keys of a fleet do at once is a surge, and taken for expected. */
const ONE_IN = 4;

export interface LiveThefts {
  readonly plimsoll: WholePlimsoll;
  readonly fleet: AttackersFleet;
  /** What was sent, in order. */
  readonly lines: readonly FleetLine[];
  /** When the first theft begins (epoch ms), and the last one ends. */
  readonly start: number;
  readonly end: number;
}

/**
 * A fleet whose history is sent at once, and whose thefts then go on minute by minute, at 90 of 120 requests a minute, through a whole Plimsoll as
 * processes. Gives it back when the last minute is sent.
 * @param live what is different from one test to the next; `learnMs` is the time that the history has to be taken in and learned
 */
export async function liveThefts(
  test: TestContext,
  live: {
    readonly thefts: number;
    readonly historyHours: number;
    readonly learnMs: number;
    readonly liveMinutes: number;
    readonly env: Readonly<Record<string, string>>;
    /** What the registry has of every key beside what the simulator gives it. */
    readonly known?: object;
    /** While the thefts go on. */
    readonly meanwhile?: (plimsoll: WholePlimsoll) => void;
  },
): Promise<LiveThefts> {
  const planned = Date.now();
  const start = Math.ceil((planned + live.learnMs) / MINUTE) * MINUTE;
  const end = start + live.liveMinutes * MINUTE;
  const thefts = Array.from({ length: live.thefts }, (_, key) => {
    const from = start + (key % 8) * 15_000;
    return { key: key * ONE_IN, from, to: end, perMinute: 90, addresses: 1 };
  });
  const fleet = attackersFleet(12, live.thefts * ONE_IN, start - live.historyHours * HOUR, end, thefts);
  const plimsoll = await startWholePlimsoll(test, {
    networks: networksCsv(fleet.networks),
    // Weeks of history come within seconds.
    env: { PLIMSOLL_TOKEN_EVENTS_PER_SECOND: "1000000", ...live.env },
  });
  const parsed = fleet.keys.map((row) => parseKey({ ...row, ...live.known }, Date.now()));
  assert.ok(parsed.every((one) => "key" in one));
  await recordKeys(plimsoll.store, parsed);
  await plimsoll.startServe();
  await plimsoll.startWork();
  const lines = fleet.lines.toSorted((a, b) => a.at - b.at);
  let sent = 0;
  const sendUntil = async (now: number) => {
    for (;;) {
      const next = lines.slice(sent, sent + 5000);
      // Only what an administrator sends may say that something was used long ago.
      const isHistory = next[0] !== undefined && next[0].at < planned;
      const due = next.filter(({ at }) => at < (isHistory ? planned : now));
      if (due.length === 0) return;
      const token = isHistory ? plimsoll.tokens.admin : plimsoll.tokens.ingest;
      const body = due.map(({ text }) => text).join("\n");
      const answer = await plimsoll.post(body, { authorization: `Bearer ${token}` });
      assert.equal(answer.status, 202, answer.text);
      sent += due.length;
    }
  };
  await sendUntil(Date.now());
  test.diagnostic(
    `history in after ${((Date.now() - planned) / 1000).toFixed(0)} s, ${sent} events; thefts begin ${((start - Date.now()) / 1000).toFixed(0)} s later`,
  );
  while (Date.now() < end) {
    await sendUntil(Date.now());
    live.meanwhile?.(plimsoll);
    await pause(1000);
  }
  return { plimsoll, fleet, lines, start, end };
}

/** Of so many delays (ms) the 95th percentile, in seconds. */
export function p95Seconds(delaysMs: readonly number[]): number {
  return (delaysMs.toSorted((a, b) => a - b)[Math.ceil(delaysMs.length * 0.95) - 1] ?? Infinity) / 1000;
}

/** Delays (ms) in seconds, the shortest first. */
export function secondsOf(delaysMs: readonly number[]): string {
  return delaysMs
    .toSorted((a, b) => a - b)
    .map((delay) => (delay / 1000).toFixed(0))
    .join(" ");
}

/** Delays (ms) as text, in seconds. */
export function spreadOf(delaysMs: readonly number[]): string {
  const sorted = delaysMs.toSorted((a, b) => a - b);
  const of = (ms: number | undefined) => ((ms ?? Infinity) / 1000).toFixed(1);
  return `min ${of(sorted[0])}, median ${of(sorted[Math.floor((sorted.length - 1) / 2)])}, p95 ${p95Seconds(sorted).toFixed(1)}, max ${of(sorted.at(-1))} s`;
}
