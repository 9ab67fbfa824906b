import type { RefusalReason } from "../../model/event/event-refusal.js";
import type { ReplayStore } from "../../store/replay/replay-store.js";
import type { RefusedLines } from "./parse-history.js";
import type { HistoryAnswer } from "./parse-history-worker.js";
import type { ParseThreads } from "./parse-threads.js";
import { splitHistory } from "./split-history.js";

/** Rows of one insert: some seconds of work, far from every time limit. */
const ROWS_PER_INSERT = 4_000_000;
/** Pieces that are under way per thread, so that none waits for the reader. */
const PIECES_PER_THREAD = 3;

/** What a history held. */
export interface LoadedHistory {
  /** Lines that held more than white space. */
  readonly read: number;
  readonly accepted: number;
  /** By reason, with the line of the first. */
  readonly refused: ReadonlyMap<RefusalReason, RefusedLines>;
  /** Instants of the first and last accepted event, epoch ms; Infinity and -Infinity when there is none. */
  readonly firstAt: number;
  readonly lastAt: number;
}

export interface LoadDeps {
  readonly store: { readonly replay: Pick<ReplayStore, "insertHistory" | "fillRollups"> };
  readonly threads: ParseThreads;
}

/** Writes events, in any order of time, into the raw table and then fills every roll-up from it. @throws what reading or ClickHouse throws. */
export async function loadHistory(deps: LoadDeps, bytes: AsyncIterable<Buffer>): Promise<LoadedHistory> {
  const tally = openTally();
  const answers = parseAll(deps, bytes, tally);
  for (let next = await answers.next(); next.done !== true; next = await answers.next()) {
    await deps.store.replay.insertHistory(rowsOfInsert(next.value, answers));
  }
  const loaded = tally.total();
  if (loaded.accepted > 0) await deps.store.replay.fillRollups();
  return loaded;
}

/** Answers in the order of the file, so that lines can be counted; only those with rows. */
async function* parseAll(
  { threads }: LoadDeps,
  bytes: AsyncIterable<Buffer>,
  tally: Tally,
): AsyncGenerator<HistoryAnswer> {
  const underWay: Promise<HistoryAnswer>[] = [];
  const take = async (): Promise<HistoryAnswer> => {
    const answer = await underWay.shift()!;
    tally.add(answer.parsed);
    return answer;
  };
  for await (const piece of splitHistory(bytes)) {
    const parsing = threads.parse(piece);
    // It is awaited later; until then its failure is nobody's surprise.
    parsing.catch(() => undefined);
    underWay.push(parsing);
    if (underWay.length < threads.count * PIECES_PER_THREAD) continue;
    const answer = await take();
    if (answer.parsed.accepted > 0) yield answer;
  }
  while (underWay.length > 0) {
    const answer = await take();
    if (answer.parsed.accepted > 0) yield answer;
  }
}

async function* rowsOfInsert(first: HistoryAnswer, rest: AsyncGenerator<HistoryAnswer>): AsyncGenerator<Uint8Array> {
  let rows = first.parsed.accepted;
  yield first.rows;
  while (rows < ROWS_PER_INSERT) {
    const next = await rest.next();
    if (next.done === true) return;
    rows += next.value.parsed.accepted;
    yield next.value.rows;
  }
}

interface Tally {
  readonly add: (parsed: HistoryAnswer["parsed"]) => void;
  readonly total: () => LoadedHistory;
}

function openTally(): Tally {
  const refused = new Map<RefusalReason, RefusedLines>();
  let [lines, read, accepted, firstAt, lastAt] = [0, 0, 0, Infinity, -Infinity];
  return {
    add(parsed) {
      for (const [reason, { count, firstLine, message }] of parsed.refused) {
        const known = refused.get(reason);
        refused.set(
          reason,
          known === undefined
            ? { count, firstLine: lines + firstLine, message }
            : { ...known, count: known.count + count },
        );
        read += count;
      }
      lines += parsed.lines;
      read += parsed.accepted;
      accepted += parsed.accepted;
      firstAt = Math.min(firstAt, parsed.firstAt);
      lastAt = Math.max(lastAt, parsed.lastAt);
    },
    total: () => ({ read, accepted, refused, firstAt, lastAt }),
  };
}
