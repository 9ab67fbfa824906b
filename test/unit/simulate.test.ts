import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { simulateCommand } from "../../src/commands/simulate.js";

interface Label {
  readonly kind: string;
  readonly key_id: string;
  readonly from: string;
  readonly to: string;
  readonly networks: readonly string[];
  readonly requests: number;
  readonly spend_micros: number;
}

const run = (...words: string[]) =>
  simulateCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .parseAsync(words, { from: "user" });

test("simulate writes events, keys, networks and labels that belong together, the same with and without gzip", async () => {
  const out = await mkdtemp(join(tmpdir(), "plimsoll-simulate-"));
  try {
    const wish = [
      "--seed",
      "3",
      "--keys",
      "5",
      "--days",
      "1",
      "--to",
      "2026-03-20",
      "--attacks",
      "B,f,m",
      "--out",
      join(out, "new"),
    ];
    await run(...wish);
    await run(...wish, "--gzip");
    const read = (name: string) => readFile(join(out, "new", name), "utf8");
    const names = [
      "disturbances.json",
      "events.ndjson",
      "events.ndjson.gz",
      "keys.json",
      "labels.json",
      "networks.csv",
    ];
    assert.deepEqual((await readdir(join(out, "new"))).sort(), names);
    const events = await read("events.ndjson");
    assert.equal(gunzipSync(await readFile(join(out, "new", "events.ndjson.gz"))).toString(), events);
    const keys = (JSON.parse(await read("keys.json")) as { key_id: string }[]).map(({ key_id }) => key_id);
    assert.equal(keys.length, 5);
    const lines = events.trimEnd().split("\n");
    assert.ok(lines.every((line) => keys.includes((JSON.parse(line) as { key_id: string }).key_id)));
    assert.ok(lines.at(-1)?.startsWith('{"ts":"2026-03-19T23:59'));
    const labels = JSON.parse(await read("labels.json")) as Label[];
    assert.deepEqual(
      labels.map(({ kind }) => kind),
      ["B", "F", "M"],
    );
    const stolen = labels.map(({ key_id, from, to }) =>
      lines.filter((line) => line.includes(key_id) && line.slice(7, 31) >= from && line.slice(7, 31) < to),
    );
    labels.forEach(({ requests, spend_micros }, index) => {
      assert.ok(requests > 0 && requests <= (stolen[index]?.length ?? 0) && Number.isInteger(spend_micros));
    });
    const csv = await read("networks.csv");
    assert.ok(labels.every(({ networks }) => networks.every((cidr) => csv.includes(`\n${cidr},`))));
  } finally {
    await rm(out, { recursive: true });
  }
});

test("simulate refuses values that it cannot use", async () => {
  for (const words of [
    ["--seed", "x"],
    ["--keys", "0"],
    ["--days", "-1"],
    ["--attacks", "A,Z"],
    ["--to", "2026-13-40"],
  ]) {
    await assert.rejects(run("--out", "/nowhere", ...words), { code: "commander.invalidArgument" }, words.join(" "));
  }
  await assert.rejects(run(), { code: "commander.missingMandatoryOptionValue" });
});
