import type { Store } from "../../../store/store.js";
import type { NoveltyContext, NoveltyFacts } from "../../../store/check/novelty-facts.js";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../time/day.js";
import type { HeardLog } from "./observed-log.js";
import type { CheckMemory } from "./check-cache.js";
import { PIECE_MINUTES, splitIntoPieces, type NovelPiece } from "./novel-piece.js";
import type { Subject } from "../../../model/subject.js";

const PIECE_MS = PIECE_MINUTES * MINUTE_MS;
/** So much is read at once: its answer is text in memory. */
const READ_AT_ONCE_MS = 6 * HOUR_MS;

/** What novel traffic of a span is read with. */
interface NovelSpan {
  readonly store: Store;
  readonly memory: CheckMemory;
  readonly hour: number;
  /** The last tick. */
  readonly until: number;
  /** What facts and pieces depend on besides rows of traffic: the registry, the keys that are watched, and the days that aged nothing. */
  readonly context: NoveltyContext & { readonly stamp: string; readonly keys: readonly string[] };
  readonly heard: HeardLog;
  readonly asOf: number | null;
}

/**
 * Reads what was new to keys, from a day before the hour of a span to its last tick, in pieces. What is new in a minute depends on
 * its rows and all rows before it, which say since when a value is known: whole pieces, and what is new before the running
 * one, are kept in memory under a stamp of all these rows.
 */
export async function readNovelPieces(of: NovelSpan): Promise<NovelPiece[]> {
  const { store, hour, until, asOf } = of;
  // Of the running quarter of an hour nothing is kept.
  const closed = asOf === null ? Math.floor(until / PIECE_MS) * PIECE_MS : until;
  const facts = await readFacts(of, closed);
  const pieces: NovelPiece[] = [];
  let missingFrom: number | null = null;
  const readMissing = async (to: number) => {
    for (let from = missingFrom ?? to; from < to; from += READ_AT_ONCE_MS) {
      const read = await readPieces(of, facts, from, Math.min(to, from + READ_AT_ONCE_MS));
      for (const piece of read) keepPiece(of, piece);
      pieces.push(...read);
    }
    missingFrom = null;
  };
  for (let from = hour - DAY_MS; from < closed; from += PIECE_MS) {
    const kept = of.memory.novelPieces.peek(String(from), stampOf(of, from + PIECE_MS));
    // A piece that was read for ticks of an hour serves those of later hours, to which less of it is new.
    if (asOf !== null || kept === undefined || kept.hour > hour) {
      missingFrom ??= from;
      continue;
    }
    await readMissing(from);
    pieces.push(kept.piece);
  }
  await readMissing(closed);
  if (closed === until) return pieces;
  const changed = await store.check.readKeysWithFirstUses({ from: closed, until, keys: of.context.keys }, null);
  const now = changed.length === 0 ? facts : await updateFacts(of, facts, changed);
  return [...pieces, ...(await readPieces(of, now, closed, until))];
}

/** What is new to keys as far as it was used before an instant (epoch ms). */
async function readFacts({ store, memory, hour, context, heard, asOf }: NovelSpan, until: number) {
  const { text, settled } = heard.stamp(0, until);
  const stamp = `${text} ${context.stamp}`;
  const keep = settled && asOf === null;
  return memory.noveltyFacts.recall(`${hour} ${until}`, { stamp, keep }, async () =>
    store.check.readNoveltyFacts({ ...context, hour, until }, asOf),
  );
}

/** Facts in which those of some keys are as of now. */
async function updateFacts(
  { store, hour, until, context }: NovelSpan,
  facts: NoveltyFacts,
  keys: readonly string[],
): Promise<NoveltyFacts> {
  const changed = new Set(keys);
  const fresh = await store.check.readNoveltyFacts({ ...context, hour, until, keys }, null);
  const others = <Fact extends Subject>(all: readonly Fact[]) => all.filter(({ keyId }) => !changed.has(keyId));
  return {
    addresses: [...others(facts.addresses), ...fresh.addresses],
    systems: [...others(facts.systems), ...fresh.systems],
    routes: [...others(facts.routes), ...fresh.routes],
  };
}

async function readPieces({ store, asOf }: NovelSpan, facts: NoveltyFacts, from: number, until: number) {
  const series = await store.check.readNovelTraffic(facts, { from, until, stepMs: MINUTE_MS }, asOf);
  return splitIntoPieces(series, from, until);
}

const stampOf = ({ heard, context }: NovelSpan, until: number) => `${heard.stamp(0, until).text} ${context.stamp}`;

function keepPiece(of: NovelSpan, piece: NovelPiece): void {
  const end = piece.from + PIECE_MS;
  if (of.asOf !== null || !of.heard.stamp(0, end).settled) return;
  of.memory.novelPieces.keep(String(piece.from), stampOf(of, end), { hour: of.hour, piece });
}
