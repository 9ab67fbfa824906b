import { NOVELTY_LEVELS, type NoveltyRowLevel } from "../../../model/finding/novelty.js";
import type { NovelSeries, NovelValue } from "../../../store/check/novel-series.js";
import { MINUTE_MS } from "../../../time/day.js";
import { subjectKey } from "../../../model/subject.js";

/** Novel traffic is kept in pieces of a quarter of an hour: the blocks in which the roll-ups are sorted. */
export const PIECE_MINUTES = 15;
const PIECE_MS = PIECE_MINUTES * MINUTE_MS;
/** Levels of rows, those that count as novelty first. */
export const ROW_LEVELS: readonly NoveltyRowLevel[] = [...NOVELTY_LEVELS, "unplaced"];
const LEVEL_INDEX = new Map(ROW_LEVELS.map((level, i) => [level, i]));

/** A value of a key, as far as all of its runs have it in common: they share it. */
export interface RunValue extends Omit<NovelValue, "usedAt"> {
  /** The subject's key in maps. */
  readonly name: string;
  /** Positions of `levels` in ROW_LEVELS. */
  readonly levelIndexes: readonly number[];
}

/** Minutes of a quarter of an hour, run by run. */
export interface PieceMinutes {
  /** Epoch ms. */
  readonly from: number;
  /** Counted from it. */
  readonly minutes: Uint8Array;
  readonly requests: Float64Array;
  readonly spendMicros: Float64Array;
}

/** Traffic of one value of one key in one piece. */
export interface NovelRun {
  readonly of: RunValue;
  readonly piece: PieceMinutes;
  /** Positions of its minutes in those of the piece. */
  readonly first: number;
  readonly end: number;
  /** Sums over its minutes, and which of the fifteen these are, the first as the lowest bit. */
  readonly requests: number;
  readonly spendMicros: number;
  readonly minuteBits: number;
}

/** Novel traffic of all keys in a quarter of an hour. */
export interface NovelPiece {
  /** Epoch ms. */
  readonly from: number;
  readonly runs: readonly NovelRun[];
}

/** A piece that rows are added to. */
interface Draft {
  readonly runs: NovelRun[];
  /** What runs refer to already; filled once all are there. */
  readonly piece: { -readonly [Part in keyof PieceMinutes]: PieceMinutes[Part] };
  readonly minutes: number[];
  readonly requests: number[];
  readonly spendMicros: number[];
}

/** Splits rows of a span (epoch ms) into its pieces. */
export function splitIntoPieces(rows: readonly NovelSeries[], from: number, until: number): NovelPiece[] {
  const drafts = Array.from({ length: Math.ceil((until - from) / PIECE_MS) }, (_, i) => newDraft(from + i * PIECE_MS));
  for (const row of rows) {
    const of = runValueOf(row);
    for (let i = 0; i < row.at.length;) {
      const at = Math.floor(row.at[i]! / PIECE_MINUTES);
      const pieceEnd = Math.min(until, from + (at + 1) * PIECE_MS);
      const { runs, piece, ...draft } = drafts[at]!;
      const first = draft.minutes.length;
      let [requests, spendMicros, minuteBits] = [0, 0, 0];
      for (; i < row.at.length && row.at[i]! < (at + 1) * PIECE_MINUTES; i += 1) {
        draft.minutes.push(row.at[i]! - at * PIECE_MINUTES);
        draft.requests.push(row.requests[i]!);
        draft.spendMicros.push(row.spendMicros[i]!);
        requests += row.requests[i]!;
        spendMicros += row.spendMicros[i]!;
        minuteBits |= 1 << (row.at[i]! - at * PIECE_MINUTES);
      }
      const end = draft.minutes.length;
      // A row that comes weeks late is dated by its arrival: until then the key had not used it.
      if (row.usedAt < pieceEnd) runs.push({ of, piece, first, end, requests, spendMicros, minuteBits });
    }
  }
  return drafts.map(({ runs, piece, ...draft }) => {
    piece.minutes = Uint8Array.from(draft.minutes);
    piece.requests = Float64Array.from(draft.requests);
    piece.spendMicros = Float64Array.from(draft.spendMicros);
    return { from: piece.from, runs };
  });
}

function newDraft(from: number): Draft {
  const piece = {
    from,
    minutes: new Uint8Array(),
    requests: new Float64Array(),
    spendMicros: new Float64Array(),
  };
  return { runs: [], piece, minutes: [], requests: [], spendMicros: [] };
}

function runValueOf(row: NovelSeries): RunValue {
  const { keyId, observedBy, value, network, asn, networkType, levels, seenAt, firstDays } = row;
  const levelIndexes = levels.map((level) => LEVEL_INDEX.get(level)!);
  const name = subjectKey(row);
  return { keyId, observedBy, value, network, asn, networkType, levels, seenAt, firstDays, name, levelIndexes };
}
