import type { Store } from "../../../store/store.js";
import type { NoveltyFacts } from "../../../store/check/novelty-fact.js";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../time/day.js";
import type { ObservedLog } from "./observed-log.js";
import type { CheckCache } from "./check-cache.js";
import { PIECE_MINUTES, splitIntoPieces, type NovelPiece } from "./novel-piece.js";
import type { KnownNovelty } from "./novelty-memory.js";

const PIECE_MS = PIECE_MINUTES * MINUTE_MS;
/** So much is read at once: its answer is text in memory. */
const READ_AT_ONCE_MS = 6 * HOUR_MS;

/** What novel traffic of a span is read with. */
interface NovelSpan {
  readonly store: Store;
  readonly memory: CheckCache;
  readonly hour: number;
  /** The last tick. */
  readonly until: number;
  readonly observed: ObservedLog;
  readonly novelty: KnownNovelty;
  readonly asOf: number | null;
}

/**
 * Reads what was new to keys, from a day before the hour of a span to its last tick, in pieces. Whole pieces are kept in memory as long as no row of theirs is
 * added, and none that changes since when anything in them is known. Within a reach those of its later hours are read along.
 */
export async function readNovelPieces(of: NovelSpan): Promise<NovelPiece[]> {
  const { memory, hour, until } = of;
  const { facts, version } = of.novelty;
  const stampOf = (from: number) => {
    const { text, settled } = of.observed.stamp(from, from + PIECE_MS);
    return { stamp: `${text} ${version}`, settled };
  };
  const pieces: NovelPiece[] = [];
  let missingFrom: number | null = null;
  const whole = of.asOf === null && until % PIECE_MS === 0 ? memory.readUntil(hour, until) : until;
  const readMissing = async (to: number) => {
    for (let from = missingFrom ?? to; from < to; from += READ_AT_ONCE_MS) {
      const read = await readPieces(of, facts, from, Math.min(to, from + READ_AT_ONCE_MS));
      for (const piece of read) {
        const { stamp, settled } = stampOf(piece.from);
        // Of the running quarter of an hour nothing is kept.
        if (of.asOf === null && settled && piece.from + PIECE_MS <= whole) {
          memory.novelPieces.keep(String(piece.from), stamp, piece);
        }
        if (piece.from < until) pieces.push(piece);
      }
    }
    missingFrom = null;
  };
  for (let from = hour - DAY_MS; from < until; from += PIECE_MS) {
    if (of.asOf === null && from + PIECE_MS >= until && whole === until) {
      await readMissing(from);
      pieces.push(await readRunning(of, from, stampOf(from)));
      return pieces;
    }
    const isWhole = of.asOf === null && from + PIECE_MS <= until;
    const kept = isWhole ? memory.novelPieces.peek(String(from), stampOf(from).stamp) : undefined;
    if (kept === undefined) {
      missingFrom ??= from;
      continue;
    }
    await readMissing(from);
    pieces.push(kept);
  }
  await readMissing(whole);
  return pieces;
}

/** Reads the last piece, up to the last tick: what of it was read before is not read again. */
async function readRunning(
  of: NovelSpan,
  from: number,
  { stamp, settled }: { readonly stamp: string; readonly settled: boolean },
) {
  const { memory, observed, until, store } = of;
  const { facts, version } = of.novelty;
  const isWhole = from + PIECE_MS === until;
  const kept = isWhole ? memory.novelPieces.peek(String(from), stamp) : undefined;
  if (kept !== undefined) return kept;
  const rows = await memory.runningNovelty.read(observed, version, { from, until }, async (stretch) =>
    store.check.readNovelTraffic(facts, { ...stretch, stepMs: MINUTE_MS }, null),
  );
  const piece = splitIntoPieces(rows, from, until)[0]!;
  if (isWhole && settled) memory.novelPieces.keep(String(from), stamp, piece);
  return piece;
}

async function readPieces({ store, asOf }: NovelSpan, facts: NoveltyFacts, from: number, until: number) {
  const series = await store.check.readNovelTraffic(facts, { from, until, stepMs: MINUTE_MS }, asOf);
  return splitIntoPieces(series, from, until);
}
