import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { networksCsv } from "../../src/local/simulator/networks.js";
import { runCli, type CliRun } from "./run-cli.js";
import { testServices } from "./services.js";
import { attackersFleet } from "./attackers-fleet.js";

const [MINUTE, HOUR] = [60_000, 3_600_000];
export const T0 = Date.parse("2026-03-07T00:00:00Z");
/** When the first of the two thefts begins. */
export const LEAK = T0 + 50 * HOUR;
export const END = LEAK + 51 * HOUR;
const fleet = attackersFleet(3, 4, T0, END, [
  { key: 1, from: LEAK, to: LEAK + HOUR, perMinute: 90, addresses: 1 },
  { key: 2, from: LEAK + 20 * MINUTE, to: LEAK + 2 * HOUR, perMinute: 100, addresses: 2 },
]);

/** A line of the command's answer, as far as tests read it. */
export interface Line {
  readonly at: string;
  readonly action: string;
  readonly key_id: string;
  readonly dedup_key: string;
  readonly severity: string;
  readonly cause: string;
  readonly score: number;
  readonly signals: { name: string; score: number; summary: string }[];
  readonly onset: string;
}

/** `plimsoll backtest` over two thefts from four keys, in a directory of its own. */
export function openAttackersBacktest() {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-backtest-test-"));
  const file = (name: string) => join(dir, name);
  writeFileSync(file("keys.json"), JSON.stringify(fleet.keys));
  writeFileSync(file("networks.csv"), networksCsv(fleet.networks));
  writeFileSync(file("events.ndjson"), `${fleet.lines.map(({ text }) => text).join("\n")}\n`);
  /** Runs the command on the fleet; `events` on the command line or, for "-", as standard input. */
  const run = async (
    events: string,
    more: readonly string[],
    env: Record<string, string>,
    input: string | Buffer = "",
  ): Promise<CliRun> => {
    const files = ["--keys", file("keys.json"), "--networks", file("networks.csv"), "--budget", "1"];
    return runCli(["backtest", "--events", events, ...files, ...more], env, input);
  };
  const shared = { CLICKHOUSE_URL: testServices().clickhouseUrl };
  return {
    fleet,
    dir,
    file,
    run,
    /** The environment of a run on the server that the tests share. */
    shared,
    /** The run of all, with its summary in summary.json. */
    async runAll(): Promise<{ readonly stdout: string; readonly lines: readonly Line[] }> {
      const { code, stdout, stderr } = await run(file("events.ndjson"), ["--summary", file("summary.json")], shared);
      assert.equal(code, 0, stderr);
      const texts = stdout.split("\n").filter((text) => text !== "");
      return { stdout, lines: texts.map((text) => JSON.parse(text) as Line) };
    },
    summaryOf: (name: string) => JSON.parse(readFileSync(file(name), "utf8")) as Record<string, unknown>,
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}
