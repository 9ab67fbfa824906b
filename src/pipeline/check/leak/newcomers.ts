import type { NetworkType } from "../../../model/network/network-table.js";
import type { NoveltyRowLevel } from "../../../model/finding/novelty.js";
import { DAY_MS, MINUTE_MS } from "../../../time/day.js";
import type { NovelRun, RunValue } from "../facts/novel-piece.js";

/** Traffic of one address, program or route of a key, minute by minute from 24 h before an hour on, where it is new to the key at a level. */
export interface Newcomer {
  /** IPv4 or IPv6 text, or at the level of routes the route. */
  readonly value: string;
  readonly asn: number;
  readonly networkType: NetworkType | "unknown";
  /** Epoch ms at which the key first used what is new of it. */
  readonly seenAt: number;
  /** Epoch ms of the first minute of its own since then; `seenAt` where that is longer ago than its minutes. */
  readonly firstAt: number;
  /** `at[i]` is the minute of `requests[i]`. */
  readonly at: readonly number[];
  readonly requests: readonly number[];
  readonly spendMicros: readonly number[];
}

interface Draft extends Newcomer {
  asn: number;
  networkType: NetworkType | "unknown";
  seenAt: number;
  firstAt: number;
  readonly at: number[];
  readonly requests: number[];
  readonly spendMicros: number[];
}

/**
 * Newcomers of one subject at any of some levels, from its runs in the pieces of a span that begin 24 h before `hour` (epoch ms): no request is of two of them, and who
 * came by another system in between, and is new at other levels there, is another one.
 * @param newFrom epoch ms: what a key first used before that is not new to it
 */
export function newcomersOf(
  runs: readonly NovelRun[],
  levels: readonly NoveltyRowLevel[],
  hour: number,
  newFrom: number,
): Newcomer[] {
  const drafts = new Map<string, Draft>();
  const wanted = new Set(levels);
  for (const run of runs) {
    const { of } = run;
    const isNew = (level: NoveltyRowLevel, i: number) => wanted.has(level) && of.seenAt[i]! >= newFrom;
    const ways = of.levels.filter(isNew);
    if (ways.length === 0) continue;
    // It is new for as long as it is in one way.
    const seenAt = Math.max(...of.seenAt.filter((_, i) => isNew(of.levels[i]!, i)));
    const name = `${ways.toSorted().join()} ${of.value}`;
    let draft = drafts.get(name);
    if (draft === undefined) drafts.set(name, (draft = newDraft(of, seenAt)));
    addRun(draft, seenAt, run, hour - DAY_MS);
  }
  const start = hour - DAY_MS;
  for (const draft of drafts.values()) {
    // Its network may be new for longer than it is itself.
    const first = start + Math.min(...draft.at) * MINUTE_MS;
    draft.firstAt = draft.seenAt < start ? draft.seenAt : Math.max(draft.seenAt, first);
  }
  return [...drafts.values()];
}

function newDraft({ value, asn, networkType }: RunValue, seenAt: number): Draft {
  return { value, asn, networkType, seenAt, firstAt: seenAt, at: [], requests: [], spendMicros: [] };
}

function addRun(draft: Draft, seenAt: number, { of, piece, first, end }: NovelRun, start: number): void {
  const { asn, networkType } = of;
  // An address may have changed its network in between: the same rows must give the same answer.
  if (asn > draft.asn || (asn === draft.asn && networkType > draft.networkType))
    Object.assign(draft, { asn, networkType });
  draft.seenAt = Math.min(draft.seenAt, seenAt);
  const offset = (piece.from - start) / MINUTE_MS;
  for (let m = first; m < end; m += 1) {
    draft.at.push(offset + piece.minutes[m]!);
    draft.requests.push(piece.requests[m]!);
    draft.spendMicros.push(piece.spendMicros[m]!);
  }
}
