import type { NetworkType } from "../../../model/network/network-table.js";
import type { NoveltyRowLevel } from "../../../model/finding/novelty.js";
import type { UsageSeries } from "../../../store/check/usage.js";
import { DAY_MS, MINUTE_MS } from "../../../time/day.js";
import type { NovelPiece, NovelRun } from "../facts/novel-piece.js";

/** Traffic of one address or route of a key, minute by minute from 24 h before an hour on, where it is new to the key at a level. */
export interface Newcomer extends UsageSeries {
  readonly level: NoveltyRowLevel;
  /** IPv4 or IPv6 text, or at the level of routes the route. */
  readonly value: string;
  readonly asn: number;
  readonly networkType: NetworkType | "unknown";
  /** Epoch ms at which the key first used what is new at this level. */
  readonly seenAt: number;
}

interface Draft extends Newcomer {
  asn: number;
  networkType: NetworkType | "unknown";
  seenAt: number;
  readonly at: number[];
  readonly requests: number[];
  readonly spendMicros: number[];
}

/**
 * Newcomers of some keys, by subject, from the pieces of a span that begin 24 h before `hour` (epoch ms).
 * @param novelMs how long (ms) what a key has first used stays new to it
 */
export function newcomersOf(
  pieces: readonly NovelPiece[],
  hour: number,
  names: ReadonlySet<string>,
  novelMs: (keyId: string) => number,
): ReadonlyMap<string, readonly Newcomer[]> {
  const found = new Map<string, Map<string, Draft>>();
  for (const piece of pieces) {
    const offset = (piece.from - hour + DAY_MS) / MINUTE_MS;
    for (const run of piece.runs) {
      if (!names.has(run.name)) continue;
      let own = found.get(run.name);
      if (own === undefined) found.set(run.name, (own = new Map()));
      const newFrom = hour - novelMs(run.keyId);
      for (const [i, level] of run.levels.entries()) {
        if (run.seenAt[i]! >= newFrom) addRun(own, level, run.seenAt[i]!, run, piece, offset);
      }
    }
  }
  return new Map([...found].map(([name, own]) => [name, [...own.values()]]));
}

function addRun(
  own: Map<string, Draft>,
  level: NoveltyRowLevel,
  seenAt: number,
  run: NovelRun,
  piece: NovelPiece,
  offset: number,
): void {
  const { keyId, observedBy, value, asn, networkType } = run;
  const key = `${level} ${value}`;
  let of = own.get(key);
  if (of === undefined) {
    of = { keyId, observedBy, level, value, asn, networkType, seenAt, at: [], requests: [], spendMicros: [] };
    own.set(key, of);
  }
  // An address may have changed its network in between: the same rows must give the same answer.
  if (asn > of.asn || (asn === of.asn && networkType > of.networkType)) Object.assign(of, { asn, networkType });
  of.seenAt = Math.min(of.seenAt, seenAt);
  for (let m = run.first; m < run.end; m += 1) {
    of.at.push(offset + piece.minutes[m]!);
    of.requests.push(piece.requests[m]!);
    of.spendMicros.push(piece.spendMicros[m]!);
  }
}
