import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { finished } from "node:stream/promises";
import { run } from "node:test";
import { spec as Spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startRedis } from "../src/local/services/embedded-redis.js";
import { whenNobodyReads } from "../src/log.js";
import { startShards } from "./helpers/start-shards.js";

// node dist/test/run.js <group…> [--only TEXT] [--data DIR] [--rounds N] [--seed S]: runs dist/test/<group>/**/*.test.js, and dist/test/<group>.test.js.
const testRoot = fileURLToPath(new URL(".", import.meta.url));
// Groups that need no services, or start their own to break them.
const groupsWithoutServices = new Set(["unit", "architecture", "wording", "faults", "attacks", "helm"]);
// What breaks services, fills the machine or measures it has the machine for itself.
const groupsOneAtATime = new Set(["faults", "outages", "attacks", "data"]);

/** Test files that run beside each other on two cores: some wait for minutes to pass, services to die, or browsers. */
const AT_ONCE = 4;
/** What `npm test` runs takes a minute a file at most: one that hangs fails, and keeps nobody from what the others say. */
const FILE_MS = 8 * 60_000;
const groupsWithinMinutes = new Set(["browser", "integration", "unit", "architecture", "wording"]);

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  todo: number;
}

// As a shell counts a program that SIGPIPE ended. What it started dies with it.
whenNobodyReads(() => process.exit(141));
process.exitCode = await main();

async function main(): Promise<number> {
  const given = readArguments();
  if (typeof given === "string") return refuse(given);
  const { groups, only, data, rounds, seed } = given;
  if (groups.length === 0) return refuse("name at least one group, such as: unit integration architecture");
  if (groups.includes("data") && data === undefined) {
    return refuse(
      "the group data needs --data DIR: real logs that are not part of this repository; see CONTRIBUTING.md for which",
    );
  }
  if (data !== undefined && !existsSync(data)) return refuse(`--data ${data}: there is no such directory`);
  if (data !== undefined) process.env["TEST_DATA_DIR"] = resolve(data);
  for (const [name, number] of Object.entries({ ROUNDS: rounds, SEED: seed })) {
    if (number === undefined) continue;
    if (!/^\d{1,9}$/.test(number)) return refuse(`--${name.toLowerCase()} ${number}: not a whole number`);
    process.env[`TEST_FAULT_${name}`] = number;
  }
  const filesOf = (group: string) => testFiles(group).filter((file) => file.slice(testRoot.length).includes(only));
  const empty = groups.filter((group) => filesOf(group).length === 0);
  if (empty.length > 0) return refuse(`no test file in ${empty.join(", ")}`, 1);
  const together = groups.filter((group) => !groupsOneAtATime.has(group)).flatMap(filesOf);
  const alone = groups.filter((group) => groupsOneAtATime.has(group)).flatMap(filesOf);
  const stopServices = groups.every((group) => groupsWithoutServices.has(group))
    ? async () => {}
    : await startServices();
  const tally: Tally = { passed: 0, failed: 0, skipped: 0, todo: 0 };
  try {
    const timeout = groups.every((group) => groupsWithinMinutes.has(group) || groupsOneAtATime.has(group))
      ? FILE_MS
      : Infinity;
    await runFiles(together, { concurrency: AT_ONCE, timeout }, tally);
    await runFiles(alone, { concurrency: 1, timeout: Infinity }, tally);
  } finally {
    await stopServices();
  }
  return report(tally);
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        data: { type: "string" },
        only: { type: "string", default: "" },
        rounds: { type: "string" },
        seed: { type: "string" },
      },
    });
    return { ...values, groups: positionals };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function testFiles(group: string): string[] {
  const folder = join(testRoot, group);
  const inFolder = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
  const files = inFolder.filter((file) => file.endsWith(".test.js")).map((file) => join(folder, file));
  const single = `${folder}.test.js`;
  return [...files, ...(existsSync(single) ? [single] : [])].toSorted((one, other) => one.localeCompare(other));
}

function isGiven(name: string): boolean {
  return (process.env[name] ?? "") !== "";
}

/** Starts what the environment does not name, exports the addresses to the test files, and gives back how to end it. */
async function startServices(): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), "plimsoll-test-"));
  process.on("exit", () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));
  const stops: (() => Promise<void>)[] = [];
  if (!isGiven("CLICKHOUSE_URL")) {
    const shards = Number(process.env["TEST_SHARDS"] ?? 1);
    const dataDir = join(directory, "clickhouse");
    const clickhouse = await startShards(dataDir, shards);
    process.env["CLICKHOUSE_URL"] = clickhouse.url;
    stops.push(() => clickhouse.stop());
  }
  if (!isGiven("REDIS_URL")) {
    const redis = await startRedis({ dataDir: join(directory, "redis") });
    process.env["REDIS_URL"] = redis.url;
    stops.push(() => redis.stop());
  }
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
    rmSync(directory, { recursive: true, force: true });
  };
}

async function runFiles(
  files: string[],
  how: { readonly concurrency: number; readonly timeout: number },
  tally: Tally,
): Promise<void> {
  if (files.length === 0) return;
  const events = run({ files, ...how });
  events.on("test:pass", (test) => {
    if (test.details.type === "suite") return;
    // A file without a test passes under its own path: something was meant to be tested there and is not.
    if (files.includes(resolve(test.name))) tally.failed += 1;
    else if (test.skip !== undefined) tally.skipped += 1;
    else if (test.todo !== undefined) tally.todo += 1;
    else tally.passed += 1;
  });
  events.on("test:fail", (test) => {
    if (test.todo !== undefined) tally.todo += 1;
    // A suite or test that only contains failed ones is not counted again; one whose hook failed is.
    else if (!("failureType" in test.details.error && test.details.error.failureType === "subtestsFailed")) {
      tally.failed += 1;
    }
  });
  const output = events.compose(new Spec());
  output.pipe(process.stdout, { end: false });
  await finished(output);
}

function report({ passed, failed, skipped, todo }: Tally): number {
  const unfinished = skipped + todo > 0 ? `, ${skipped} skipped, ${todo} todo: neither is allowed` : "";
  const nothing = passed + failed === 0 ? ": no test ran" : "";
  process.stdout.write(`${passed} passed, ${failed} failed${unfinished}${nothing}\n`);
  return failed === 0 && unfinished === "" && nothing === "" ? 0 : 1;
}

function refuse(problem: string, exitCode = 2): number {
  process.stderr.write(`${problem}\n`);
  return exitCode;
}
