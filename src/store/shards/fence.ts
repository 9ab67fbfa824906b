import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";
import { runStep, type Move } from "./open-move.js";

/** What is written to directly; views fill the rest. */
const WRITTEN = ["requests", "provider_reports"] as const;

/**
 * Has each old server refuse rows of keys that it is not to have, whoever writes them and whenever: a process that was frozen for a day does not know
 * better. Waits for writes that began before.
 */
export async function fenceParts(move: Move): Promise<void> {
  for (const [index, server] of move.oldServers.entries()) await fencePart(move, server, index);
  for (const server of move.oldServers) await untilNoneRuns(server, { writes: true, began: Date.now() });
}

/** The same for the part of one server, from 0. */
export async function fencePart({ part, shards }: Move, server: ClickHouseClient, index: number): Promise<void> {
  for (const table of WRITTEN)
    await runStep(
      server,
      `ALTER TABLE ${part}.${table} DROP CONSTRAINT IF EXISTS reports_wait, DROP CONSTRAINT IF EXISTS key_is_of_this_server,
       ADD CONSTRAINT key_is_of_this_server CHECK jumpConsistentHash(CRC32(key_id), ${shards}) = ${index}`,
    );
}

/** Has the old servers take no reports of providers for now: one that is written in part would be written again, wherever its keys lie then. */
export async function closeReports({ oldServers }: Move, database: string): Promise<void> {
  for (const server of oldServers)
    await runStep(
      server,
      `ALTER TABLE ${database}.provider_reports DROP CONSTRAINT IF EXISTS reports_wait, ADD CONSTRAINT reports_wait CHECK 0`,
    );
  for (const server of oldServers) await untilNoneRuns(server, { writes: true, began: Date.now() });
}

/** Has them take reports again. */
export async function openReports({ oldServers }: Move, database: string): Promise<void> {
  for (const server of oldServers)
    await runStep(server, `ALTER TABLE ${database}.provider_reports DROP CONSTRAINT IF EXISTS reports_wait`);
}

const runningQuery = defineQuery("shards/running", {
  params: { least_s: z.number(), writes: z.boolean() },
  row: { query_id: z.string(), running_s: z.number() },
});

const ASK_MS = 200;
/** A body that does not come to its end is not waited for: its sender is frozen, and sends it again. */
const WRITE_MS = 30_000;
/** No query of ours, nor of an analyst, runs so long. */
const READ_MS = 180_000;

/** Waits for what began before an instant (epoch ms of here) on a server. @throws Error when a read does not end */
export async function untilNoneRuns(
  server: ClickHouseClient,
  { writes, began }: { readonly writes: boolean; readonly began: number },
): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    const running = await readRows(server, runningQuery, { least_s: (Date.now() - began) / 1000, writes });
    if (running.length === 0) return;
    const waitedMs = performance.now() - startedAt;
    if (writes && waitedMs > WRITE_MS) {
      for (const { query_id: id } of running)
        await server.command({ query: "KILL QUERY WHERE query_id = {id:String} SYNC", query_params: { id } });
    } else if (waitedMs > READ_MS)
      throw new Error(
        "a query that began before the switch does not end: look for it in system.processes, and run this again",
      );
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  }
}

const copyingQuery = defineQuery("shards/copying", { params: {}, row: { running: z.number() } });

/** Waits for statements of an earlier run of the command, which a server works out to their end. */
export async function untilCopied(server: ClickHouseClient): Promise<void> {
  for (;;) {
    const [row] = await readRows(server, copyingQuery, {});
    if ((row?.running ?? 0) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  }
}
