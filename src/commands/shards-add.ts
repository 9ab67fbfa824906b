import { setTimeout as pause } from "node:timers/promises";
import { Command } from "commander";
import { REDIS_PREFIX } from "../app.js";
import { problemOfClickHouseUrls, shardUrls } from "../clickhouse-urls.js";
import type { Config } from "../config.js";
import { addServer, ReportsUnfinished } from "../pipeline/shards/add-server.js";
import { gigabytes, judgeMove, roomNeeded } from "../pipeline/shards/judge-move.js";
import { Secret } from "../secret.js";
import { applyRetention } from "../store/clickhouse/apply-retention.js";
import { membersOf, printCluster } from "../store/clickhouse/print-cluster.js";
import { openBlockSplit } from "../store/ingest/block-split.js";
import { connectRedisOnce } from "../store/redis/connect-redis-once.js";
import { holdLock } from "../store/redis/hold-lock.js";
import { readMoveFacts, type MoveFacts } from "../store/shards/examine-move.js";
import { openMove, type Move } from "../store/shards/open-move.js";
import { moveEvents } from "./shards-progress.js";
import { action, CommandFailure, explained, EXIT, openConfig, type ExitCode } from "./run-command.js";

interface AddOptions {
  readonly dryRun?: boolean;
  readonly printCluster?: boolean;
}

const HELP = `
Phases: 1 prepare; 2 copy, while everything continues; 3 wait until blocks of the old servers are recorded (\`plimsoll work\` must run, by the old CLICKHOUSE_URL);
4 copy what came since; 5 remove what moved from the old servers. From phase 3 to the end of 5 accepted events wait in Redis.
Then name the new server at the end of CLICKHOUSE_URL, and start every \`work\` and \`serve\` again: a \`work\` with the old list does nothing more.
Cut off anywhere, the same command continues where it was: until it has, do not start anything by another CLICKHOUSE_URL.

Exit code: 0 added, 1 it cannot be added as things are, 2 usage, 3 a server or Redis is unreachable.`;

/** `plimsoll shards add <url>`: gives one server more its share of the keys. */
export function addCommand(): Command {
  return new Command("add")
    .summary("give one server more its share of the keys, with all their traffic, while traffic flows")
    .description(
      "Adds a server to those of CLICKHOUSE_URL. Only the keys move that it gets, with raw rows, sums and first uses; registry, incidents and pages stay on the first.\n" +
        "The servers copy from each other by ClickHouse's own protocol; nothing is removed before its copy was verified.",
    )
    .argument(
      "<url>",
      "the server's HTTP address, such as http://ch-3:8123; user, password and database are those of the first where it names none",
    )
    .option("--dry-run", "say what would move and what stands against it, and change nothing")
    .option("--print-cluster", "print the servers as a file for config.d of each, and do nothing")
    .addHelpText("after", HELP)
    .action(action(add));
}

async function add(given: string, { dryRun, printCluster: isPrint }: AddOptions): Promise<ExitCode> {
  const config = openConfig();
  const { CLICKHOUSE_URL: url } = config;
  const added = completed(given, url);
  const all = new Secret(`${url.reveal()};${added.reveal()}`);
  const problem = problemOfClickHouseUrls(all.reveal());
  if (problem !== null) throw new CommandFailure(EXIT.usage, `<url>: ${problem}`);
  if (isPrint === true) {
    process.stdout.write(printCluster(membersOf(all), shardUrls(url).length));
    return EXIT.ok;
  }
  const move = openMove(url, added);
  try {
    const facts = await readMoveFacts(move);
    const standing = judgeMove(facts, move.shards);
    if (standing !== null) throw new CommandFailure(EXIT.badNews, standing.found, `  to fix it: ${standing.fix}`);
    console.log(planText(facts, move));
    if (dryRun === true) return EXIT.ok;
    await addHolding(config, move);
    await applyRetention(all, {
      rawDays: config.PLIMSOLL_RAW_DAYS,
      minuteDays: config.PLIMSOLL_MINUTE_DAYS,
      hourDays: config.PLIMSOLL_HOUR_DAYS,
    });
    console.log(
      `added: server ${move.shards} of ${move.shards}. Name it at the end of CLICKHOUSE_URL, with ; before it, and start every work and serve again now`,
    );
    return EXIT.ok;
  } catch (error) {
    if (error instanceof ReportsUnfinished)
      throw new CommandFailure(
        EXIT.badNews,
        `reports of providers were ${error.message}`,
        "  to fix it: run `plimsoll pull` to its end, and this again. Nothing waits meanwhile",
      );
    throw explained(error);
  } finally {
    await move.close();
  }
}

const ANSWER_MS = 5000;

/** Two of them at once would copy into the same ranges. */
async function addHolding(config: Config, move: Move): Promise<void> {
  const redis = await connectRedisOnce(config.REDIS_URL, ANSWER_MS);
  const lock = await holdLock(redis, `${REDIS_PREFIX}:shards-add`, () =>
    console.log("waiting for another `plimsoll shards add`, or for one that was killed just now"),
  );
  const events = moveEvents(console.log);
  try {
    const added = addServer({
      ...events,
      move,
      split: openBlockSplit(redis, REDIS_PREFIX),
      pause: async (ms) => pause(ms),
    });
    await Promise.race([added, lock.lost]);
  } finally {
    events.end();
    await lock.release();
    redis.disconnect();
  }
}

/** A URL with the user, the password and the database of the first where it has none. */
function completed(given: string, url: Secret): Secret {
  if (!URL.canParse(given) || given.includes(";"))
    throw new CommandFailure(EXIT.usage, "<url>: must be one URL, such as http://ch-3:8123");
  const [target, first] = [new URL(given), new URL(shardUrls(url)[0]!.reveal())];
  if (target.username === "") [target.username, target.password] = [first.username, first.password];
  if (target.pathname === "/") target.pathname = first.pathname;
  return new Secret(target.href);
}

function planText({ olds, added }: MoveFacts, { shards }: Move): string {
  const rows = olds.reduce((sum, old) => sum + old.rows, 0);
  return [
    `${shards - 1} ${shards === 2 ? "server has" : "servers have"} ${rows.toLocaleString("en")} rows of requests; about ${Math.round(rows / shards).toLocaleString("en")} move to server ${shards}`,
    `room: about ${gigabytes(roomNeeded(olds, shards))} are needed there, ${gigabytes(added.freeBytes)} are free`,
  ].join("\n");
}
