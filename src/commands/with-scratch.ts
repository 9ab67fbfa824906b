import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../config.js";
import { startClickHouse } from "../local/services/embedded-clickhouse.js";
import { Secret } from "../secret.js";
import { createScratchDatabase } from "../store/clickhouse/scratch-database.js";
import type { Store } from "../store/store.js";
import { CommandFailure, explained, EXIT, withStore } from "./run-command.js";

/** As a shell counts a program that SIGINT ended. */
const EXIT_INTERRUPTED = 130;

/**
 * Works in a scratch database, on the server of CLICKHOUSE_URL or else on a private local one, and removes either, however the work
 * ends. Ctrl-C and SIGTERM abort the signal that the work is given.
 * @throws CommandFailure after such a request, and what the work throws.
 */
export async function withScratch<Result>(
  config: Config,
  work: (store: Store, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const stop = new AbortController();
  const stopped = new CommandFailure(EXIT.badNews, "stopped before the end: the output, if any, is incomplete");
  // A second Ctrl-C ends the process at once, by its own exit, which still removes what is ours.
  const onSignal = () => (stop.signal.aborted ? process.exit(EXIT_INTERRUPTED) : stop.abort(stopped));
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, onSignal);
  const ended = new Promise<never>((_, reject) => stop.signal.addEventListener("abort", () => reject(stopped)));
  ended.catch(() => undefined);
  try {
    return await withServer(config, async (server) => {
      const scratch = await createScratchDatabase(server).catch((error: unknown) =>
        Promise.reject(explained(error) as Error),
      );
      try {
        // Not when the work looks up again, which may be after a query of minutes: its ClickHouse goes away under it.
        return await Promise.race([
          withStore({ ...config, CLICKHOUSE_URL: scratch.url }, (store) => work(store, stop.signal)),
          ended,
        ]);
      } finally {
        await scratch.drop();
      }
    });
  } catch (error) {
    throw stop.signal.aborted ? stopped : error;
  } finally {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.removeListener(name, onSignal);
  }
}

async function withServer<Result>(config: Config, work: (server: Secret) => Promise<Result>): Promise<Result> {
  if (isGiven("CLICKHOUSE_URL")) return work(config.CLICKHOUSE_URL);
  const dataDir = await mkdtemp(join(tmpdir(), "plimsoll-scratch-"));
  let pid: number | null = null;
  const removeAtOnce = () => {
    if (pid !== null) process.kill(pid, "SIGKILL");
    // What the server still writes while it dies comes up again.
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  };
  process.once("exit", removeAtOnce);
  try {
    const server = await startClickHouse({ dataDir }).catch((error: unknown) => {
      throw new CommandFailure(EXIT.unreachable, error instanceof Error ? error.message : String(error));
    });
    pid = server.pid;
    try {
      return await work(new Secret(server.url));
    } finally {
      pid = null;
      await server.stop();
    }
  } finally {
    process.removeListener("exit", removeAtOnce);
    await rm(dataDir, { recursive: true, force: true });
  }
}

const isGiven = (name: string) => [name, `${name}_FILE`].some((one) => (process.env[one] ?? "") !== "");
