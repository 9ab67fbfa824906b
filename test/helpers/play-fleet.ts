import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "./run-cli.js";
import { testServices } from "./services.js";
import type { TaughtFleet } from "./taught-fleet.js";

/** A line of a backtest, as the contract has it. */
export interface BacktestLine {
  readonly at: string;
  readonly action: "trigger" | "resolve";
  readonly key_id: string;
  readonly dedup_key: string;
  readonly severity: string;
  readonly onset: string;
  readonly summary: string;
  readonly signals: readonly { readonly name: string; readonly summary: string }[];
}

/** What a backtest of a fleet would have sent, checked every `step`, at a budget per 1,000 key-days; `TEST_SHOW` prints it. */
export async function playFleet(
  fleet: TaughtFleet,
  { step, budget }: { readonly step: string; readonly budget: string },
): Promise<readonly BacktestLine[]> {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-fleet-"));
  try {
    const file = (name: string, text: string) => {
      writeFileSync(join(dir, name), text);
      return join(dir, name);
    };
    const events = file("events.ndjson", fleet.lines.join("\n"));
    const keys = file("keys.json", JSON.stringify(fleet.keys));
    const networks = file("networks.csv", fleet.networks.join("\n"));
    const args = ["--events", events, "--keys", keys, "--networks", networks, "--step", step, "--budget", budget];
    const run = await runCli(["backtest", ...args], { CLICKHOUSE_URL: testServices().clickhouseUrl });
    assert.equal(run.code, 0, run.stderr);
    const lines = run.stdout.split("\n").flatMap((text) => (text === "" ? [] : [JSON.parse(text) as BacktestLine]));
    if (process.env["TEST_SHOW"]) {
      for (const { at, action, key_id: keyId, severity, summary, signals } of lines)
        console.log(at, action, keyId, severity, summary, JSON.stringify(signals));
    }
    return lines;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
