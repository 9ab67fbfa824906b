import type { Store } from "../../store/store.js";
import type { NoveltyContext } from "../../store/usage.js";
import type { NovelMinutes, NovelValue } from "../../store/window-usage.js";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../time/day.js";
import type { TickSpan } from "../../time/ticks.js";
import { subjectKey } from "../subject-key.js";
import type { HeardLog } from "./heard-log.js";
import type { CheckMemory } from "./memory.js";

/** Novel traffic is kept in pieces of a quarter of an hour: the blocks in which the roll-ups are sorted. */
export const PIECE_MINUTES = 15;
const PIECE_MS = PIECE_MINUTES * MINUTE_MS;
/** A day and what a check is behind or ahead of it. */
const PIECES_KEPT = 120;
/** So much is read at once: its answer is text in memory. */
const READ_AT_ONCE_MS = 6 * HOUR_MS;

/** Traffic of one value of one key in one piece. */
export interface NovelRun extends NovelValue {
  /** The subject's key in maps. */
  readonly name: string;
  /** Positions of its minutes in those of the piece. */
  readonly first: number;
  readonly end: number;
}

/** Novel traffic of all keys in a quarter of an hour. */
export interface NovelPiece {
  /** Epoch ms. */
  readonly from: number;
  readonly runs: readonly NovelRun[];
  readonly minutes: Uint8Array;
  readonly requests: Float64Array;
  readonly spendMicros: Float64Array;
}

/** A piece that was read for ticks of `hour`: it serves those of later hours, to which less of it is new. */
interface KeptPiece {
  readonly hour: number;
  readonly piece: NovelPiece;
}

/**
 * Reads what was new to keys, from a day before the hour of a span to its last tick, in pieces. What is new in a minute depends on
 * its rows and all rows before it (which say since when a value is known), the registry and the days that aged nothing: a
 * piece is kept in memory under a stamp of all of that.
 */
export async function readNovelPieces(
  { store, memory }: { readonly store: Store; readonly memory: CheckMemory },
  { hour, ticks }: TickSpan,
  context: NoveltyContext & { readonly stamp: string },
  heard: HeardLog,
  asOf: number | null,
): Promise<NovelPiece[]> {
  const until = ticks.at(-1) ?? hour;
  const pieces: NovelPiece[] = [];
  let missingFrom: number | null = null;
  const readMissing = async (to: number) => {
    if (missingFrom === null) return;
    for (let from = missingFrom; from < to; from += READ_AT_ONCE_MS) {
      const span = { ...context, hour, from, until: Math.min(to, from + READ_AT_ONCE_MS) };
      const read = splitIntoPieces(await store.readNovelMinutes(span, asOf), span.from, span.until);
      if (asOf === null) for (const piece of read) keepPiece(memory, piece, hour, until, heard, context.stamp);
      pieces.push(...read);
    }
    missingFrom = null;
  };
  for (let from = hour - DAY_MS; from < until; from += PIECE_MS) {
    const kept = memory.peek<KeptPiece>("novel", String(from), stampOf(heard, from, context.stamp));
    if (asOf === null && kept !== undefined && kept.hour <= hour && from + PIECE_MS <= until) {
      await readMissing(from);
      pieces.push(kept.piece);
    } else missingFrom ??= from;
  }
  await readMissing(until);
  return pieces;
}

const stampOf = (heard: HeardLog, from: number, context: string) =>
  `${heard.stamp(0, from + PIECE_MS).text} ${context}`;

function keepPiece(
  memory: CheckMemory,
  piece: NovelPiece,
  hour: number,
  until: number,
  heard: HeardLog,
  context: string,
): void {
  const { from } = piece;
  if (from + PIECE_MS > until || !heard.stamp(0, from + PIECE_MS).settled) return;
  const stamp = stampOf(heard, from, context);
  memory.keep({ kind: "novel", name: String(from), stamp, room: PIECES_KEPT }, { hour, piece } satisfies KeptPiece);
}

/** Splits rows of a span (epoch ms) into its pieces. */
function splitIntoPieces(rows: readonly NovelMinutes[], from: number, until: number): NovelPiece[] {
  const drafts = Array.from({ length: Math.ceil((until - from) / PIECE_MS) }, () => ({
    runs: [] as NovelRun[],
    minutes: [] as number[],
    requests: [] as number[],
    spendMicros: [] as number[],
  }));
  for (const row of rows) {
    const { minutes: _, requests: __, spendMicros: ___, ...value } = row;
    const name = subjectKey(row);
    for (let i = 0; i < row.minutes.length; ) {
      const at = Math.floor(row.minutes[i]! / PIECE_MINUTES);
      const draft = drafts[at]!;
      const first = draft.minutes.length;
      for (; i < row.minutes.length && row.minutes[i]! < (at + 1) * PIECE_MINUTES; i += 1) {
        draft.minutes.push(row.minutes[i]! - at * PIECE_MINUTES);
        draft.requests.push(row.requests[i]!);
        draft.spendMicros.push(row.spendMicros[i]!);
      }
      draft.runs.push({ ...value, name, first, end: draft.minutes.length });
    }
  }
  return drafts.map(({ runs, minutes, requests, spendMicros }, i) => ({
    from: from + i * PIECE_MS,
    runs,
    minutes: Uint8Array.from(minutes),
    requests: Float64Array.from(requests),
    spendMicros: Float64Array.from(spendMicros),
  }));
}
