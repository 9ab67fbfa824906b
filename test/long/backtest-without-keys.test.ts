import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { runCli } from "../helpers/run-cli.js";
import { testServices } from "../helpers/services.js";
import { END, T0, TaughtFleet } from "../helpers/taught-fleet.js";

const dir = mkdtempSync(join(tmpdir(), "plimsoll-backtest-test-"));
after(() => rmSync(dir, { recursive: true, force: true }));

test("a registry may be empty or left out: both say the same, and a leak is told all the same", async () => {
  const fleet = new TaughtFleet();
  const hosting = fleet.network("hosting");
  for (const name of ["a", "b"]) fleet.use(name, fleet.network("cloud"), T0, END, 10);
  fleet.steal("a", hosting, 120);
  const write = (name: string, text: string) => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const events = write("events.ndjson", `${fleet.lines.join("\n")}\n`);
  const networks = write("networks.csv", fleet.networks.join("\n"));
  const run = async (...keys: string[]) =>
    runCli(["backtest", "--events", events, "--networks", networks, "--budget", "1", "--step", "60m", ...keys], {
      CLICKHOUSE_URL: testServices().clickhouseUrl,
    });
  const none = await run();
  const empty = await run("--keys", write("keys.json", "[]"));
  assert.deepEqual([none.code, empty.code, empty.stdout], [0, 0, none.stdout], none.stderr + empty.stderr);
  assert.match(none.stdout, /"key_id":"a".*"cause":"leak"/);
});
