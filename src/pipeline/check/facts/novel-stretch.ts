import { QUARTER_MS, quarterOf } from "./quarter-usage.js";
import { PIECE_MINUTES, type NovelPiece, type RunValue } from "./novel-piece.js";

/** What one value of a key did in the quarters of a stretch, where it is new at the same levels since the same instants. */
export interface StretchRun {
  readonly of: RunValue;
  readonly requests: number;
  readonly spendMicros: number;
  /** In which of its fifteen minutes there was anything, for each quarter. */
  readonly minuteBits: Uint16Array;
  /** The first minute with anything, counted from the stretch. */
  readonly firstMinute: number;
}

/** Quarters of an hour that follow one another and lie as a whole in the same windows, at every tick of a later quarter. */
export interface NovelStretch {
  /** Epoch ms. */
  readonly from: number;
  /** Index of the shortest window that holds them. */
  readonly window: number;
  /** By subject. */
  readonly runs: ReadonlyMap<string, readonly StretchRun[]>;
}

/** Which quarters before that of a tick these are: no window begins or ends in them. */
const STRETCHES: readonly (readonly [first: number, last: number, window: number])[] = [
  [3, 2, 1],
  [23, 5, 2],
  [95, 25, 3],
];

/** Whole pieces (of a day and the hour of a tick) that are joined for the ticks of one quarter, and those in which windows begin or end. */
export interface JoinedPieces {
  readonly stretches: readonly NovelStretch[];
  readonly cut: readonly NovelPiece[];
}

/** Splits the pieces before a tick (epoch ms) into those that `join` joins and the others. */
export function joinPieces(pieces: readonly NovelPiece[], tick: number, join: JoinStretch): JoinedPieces {
  const quarter = quarterOf(tick);
  const agoOf = ({ from }: NovelPiece) => (quarter - from) / QUARTER_MS;
  const stretches = STRETCHES.map(([first, last, window]) => {
    const within = pieces.filter((piece) => agoOf(piece) <= first && agoOf(piece) >= last);
    return join(within, quarter - first * QUARTER_MS, window);
  });
  const isJoined = (ago: number) => STRETCHES.some(([first, last]) => ago <= first && ago >= last);
  return { stretches, cut: pieces.filter((piece) => !isJoined(agoOf(piece))) };
}

/** What joinPieces joins with. */
export type JoinStretch = typeof joinStretch;

/** Adds up pieces to a stretch that begins at `from` (epoch ms). */
export function joinStretch(pieces: readonly NovelPiece[], from: number, window: number): NovelStretch {
  const quarters = Math.max(0, ...pieces.map((piece) => (piece.from - from) / QUARTER_MS + 1));
  const runs = new Map<string, Draft[]>();
  const byValue = new Map<string, Draft[]>();
  for (const piece of pieces) {
    const quarter = (piece.from - from) / QUARTER_MS;
    for (const run of piece.runs) {
      const { of } = run;
      const same = `${of.name} ${of.value}`;
      let alike = byValue.get(same);
      if (alike === undefined) byValue.set(same, (alike = []));
      let draft = alike.find((one) => one.of === of || isAlike(one.of, of));
      if (draft === undefined) {
        const firstMinute = quarter * PIECE_MINUTES + run.piece.minutes[run.first]!;
        draft = { of, firstMinute, requests: 0, spendMicros: 0, minuteBits: new Uint16Array(quarters) };
        alike.push(draft);
        const own = runs.get(of.name);
        if (own === undefined) runs.set(of.name, [draft]);
        else own.push(draft);
      }
      draft.requests += run.requests;
      draft.spendMicros += run.spendMicros;
      draft.minuteBits[quarter]! |= run.minuteBits;
    }
  }
  return { from, window, runs };
}

type Draft = StretchRun & { requests: number; spendMicros: number };

const isAlike = (one: RunValue, other: RunValue) =>
  isSame(one.levelIndexes, other.levelIndexes) && isSame(one.seenAt, other.seenAt);

const isSame = (some: readonly number[], others: readonly number[]) =>
  some.length === others.length && some.every((one, i) => one === others[i]);
