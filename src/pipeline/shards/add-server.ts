import { randomUUID } from "node:crypto";
import { migrateShard, createPlaces } from "../../store/clickhouse/migrate.js";
import { insertPlace, readPlace, type Place } from "../../store/clickhouse/shard-places.js";
import type { BlockSplit } from "../../store/ingest/block-split.js";
import { copyRanges, type CopyProgress } from "../../store/shards/copy-ranges.js";
import { confirmReached, readUnfinishedReports } from "../../store/shards/examine-move.js";
import { closeReports, fencePart, fenceParts, openReports, untilCopied } from "../../store/shards/fence.js";
import { dropCopies, prepareIncoming, readSteps, recordStep } from "../../store/shards/move-record.js";
import { isMoved, readSourceDatabase, readTables, runStep, type Move } from "../../store/shards/open-move.js";
import { closeReads, giveRoomBack, openReads, removeMoved, spreadSingle } from "../../store/shards/spread-reads.js";

/** What a move tells while it is under way. */
export interface MoveEvents {
  readonly onPhase: (phase: string) => void;
  readonly onCopied: (progress: CopyProgress) => void;
  readonly onLeft: (blocks: number) => void;
  readonly onRemoved: (done: number, total: number) => void;
  /** Blocks wait from now on, or do no longer. */
  readonly onHeld: (isHeld: boolean) => void;
}

export interface AddServerDeps extends MoveEvents {
  readonly move: Move;
  readonly split: BlockSplit;
  readonly pause: (ms: number) => Promise<void>;
}

/** A report is being pulled: what it has written in part is written again by who finishes it, wherever its keys lie then. */
export class ReportsUnfinished extends Error {
  constructor(reports: readonly string[]) {
    super(`not pulled to their end: ${reports.join(", ")}`);
    this.name = "ReportsUnfinished";
  }
}

const ASK_MS = 250;
/** So many blocks are recorded in seconds: with more, new events would wait for old ones. */
const FEW_BLOCKS = 50;
/** A Redis that is killed loses a second of what it was told; blocks that it forgot to forget would come back with it. */
const ON_DISK_MS = 2000;

/**
 * Adds a server. Wherever it is cut off, doing it again goes on: what is copied stays, blocks stay held, and rows are removed only after all of them were
 * found at their new place, which is put on file before.
 */
export async function addServer(deps: AddServerDeps): Promise<void> {
  const { move, split } = deps;
  const { shards, addedServer, oldServers } = move;
  for (const server of [...oldServers, addedServer]) await untilCopied(server);
  const isSpread = (await readPlaceOf(move))?.shards === shards;
  if (!isSpread && !(await readSteps(move)).has("copied")) {
    deps.onPhase("prepare the new server");
    await prepare(move);
    if (!(await split.isHeld())) {
      deps.onPhase("copy, while everything continues");
      await copyRanges(move, { database: await readSourceDatabase(move), isLast: false, onProgress: deps.onCopied });
    }
    await switchOver(deps);
  }
  const steps = await readSteps(move);
  if (steps.has("copied") && !steps.has("spread")) {
    deps.onHeld(true);
    deps.onPhase("remove what moved from the old servers");
    await dropCopies(move);
    await closeReads(move);
    await removeMoved(move, isMoved(move), deps.onRemoved);
    await spread(move);
    await recordStep(move, "spread");
  }
  await split.note(shards);
  await split.release();
  deps.onHeld(false);
  deps.onPhase("give back the room of what moved");
  await giveRoomBack(move);
}

/** Which part the first server is; undefined where it has all. */
async function readPlaceOf({ oldServers, olds, part }: Move): Promise<Place | undefined> {
  return (await readTables(oldServers[0]!, part)).has("shard_places") ? readPlace(olds[0]!) : undefined;
}

async function prepare(move: Move): Promise<void> {
  const { shards, added, addedServer, part } = move;
  const [first] = move.olds;
  await runStep(addedServer, `CREATE DATABASE IF NOT EXISTS ${part}`);
  await createPlaces(added);
  if (shards === 2) {
    await runStep(move.oldServers[0]!, `CREATE DATABASE IF NOT EXISTS ${part}`);
    await createPlaces(first!);
    if ((await readPlace(first!)) === undefined)
      await insertPlace(first!, { fleet: randomUUID(), number: 1, shards: 1 });
  }
  const { fleet } = (await readPlace(first!))!;
  await insertPlace(added, { fleet, number: shards, shards });
  await migrateShard(added);
  await prepareIncoming(move);
  await confirmReached(move);
}

/** The phase in which blocks wait: from the last block of the old split until each row is at both places. */
async function switchOver(deps: AddServerDeps): Promise<void> {
  const { move, split } = deps;
  if (!(await split.isHeld())) {
    deps.onPhase("wait until little waits to be recorded");
    await untilAtMost(deps, FEW_BLOCKS, split.waiting);
    await awaitReports(move);
  }
  deps.onPhase("wait until blocks of the old servers are recorded");
  await split.raise(move.shards);
  deps.onHeld(true);
  await untilAtMost(deps, 0, split.left);
  await deps.pause(ON_DISK_MS);
  deps.onPhase("copy what came since");
  if (move.shards === 2) await spreadSingle(move);
  await fenceParts(move);
  await copyRanges(move, { database: move.part, isLast: true, onProgress: deps.onCopied });
  await recordStep(move, "copied");
}

async function untilAtMost(deps: AddServerDeps, few: number, count: () => Promise<number>): Promise<void> {
  for (let left = await count(); left > few; left = await count()) {
    deps.onLeft(left);
    await deps.pause(ASK_MS);
  }
}

/** Reports are whole, and none is written from here on until the server is added. @throws ReportsUnfinished */
async function awaitReports(move: Move): Promise<void> {
  const database = await readSourceDatabase(move);
  await closeReports(move, database);
  const reports = await readUnfinishedReports(move.home);
  if (reports.length === 0) return;
  await openReports(move, database);
  throw new ReportsUnfinished(reports);
}

/** Makes the servers so many, for whoever reads and writes. */
async function spread(move: Move): Promise<void> {
  const { shards, olds, added, addedServer } = move;
  await fencePart(move, addedServer, shards - 1);
  const { fleet } = (await readPlace(added))!;
  for (const [index, old] of olds.entries()) await insertPlace(old, { fleet, number: index + 1, shards });
  await openReads(move, shards);
}
