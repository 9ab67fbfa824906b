import { DAY_MS } from "../time/day.js";
import { BLOCKS_PER_DAY, gatherEvidence, type NullShare, type UnreportedBlock } from "./unreported.js";

/** Days that say what is usual, the latest ones. */
const MOST_DAYS = 21;
/** Fewer know no weekend. */
const LEAST_DAYS = 7;
/** Yesterday may already be the attacker's. */
const LAG_DAYS = 2;
/** What began longer ago is usual by now, or was told. */
export const EVIDENCE_DAYS = 7;
/** A day is not usual if a usual key has one like it once in so many key-days. */
const SUSPECT_KEY_DAYS = 1000;
/** The worst day so far is not the worst that there will be. */
const WORST_DAYS = 2;
/** No two counts agree better than this, in the mean. */
const LEAST_SHARE = 0.002;
/** Days of so many requests are believed half, as to their own share. */
const DAY_REQUESTS = 500;
/** Where none was seen so far, up to three are as likely as not (95 %: the rule of three). */
const UNSEEN = 3;

/** What callers usually miss of a key. */
export interface UsualLoss extends NullShare {
  /** Share of requests that no caller reports. */
  readonly share: number;
  /** Days that say so. */
  readonly days: number;
  /** How rare the most unusual of these days was: once in so many key-days (1: usual). */
  readonly rarest: number;
}

/** Whose word counts that what was found is legitimate: all before an instant (epoch ms) is usual, however it looks. 0: nobody's. */
interface Learning {
  readonly until: number;
  readonly vouchedUntil: number;
}

interface Day {
  readonly start: number;
  readonly blocks: readonly UnreportedBlock[];
  readonly gateway: number;
  readonly unreported: number;
}

/**
 * What callers usually miss of a key, from its blocks before `until` (epoch ms), oldest first. Days from two days before on do not count yet, nor do days on which it was
 * unlike what was usual until then: an attacker's requests teach nothing. Null while fewer than seven days do count.
 */
export function learnUsualLoss(blocks: readonly UnreportedBlock[], { until, vouchedUntil }: Learning): UsualLoss | null {
  const days = daysOf(blocks);
  const usual: Day[] = [];
  const knownAt = (start: number) =>
    usual.filter((day) => day.start + DAY_MS <= Math.max(start - (LAG_DAYS - 1) * DAY_MS, vouchedUntil)).slice(-MOST_DAYS);
  for (const [i, day] of days.entries()) {
    const isVouched = day.start < vouchedUntil;
    const loss = isVouched ? null : summarize(knownAt(day.start));
    if (loss === null || !isSuspect(days, i, loss)) usual.push(day);
  }
  const today = Math.floor((until - 1) / DAY_MS) * DAY_MS;
  return summarize(knownAt(today));
}

function isSuspect(days: readonly Day[], index: number, loss: UsualLoss): boolean {
  const day = days[index]!;
  const recent = days.slice(0, index + 1).filter(({ start }) => start > day.start - EVIDENCE_DAYS * DAY_MS);
  const blocks = recent.flatMap((one) => one.blocks);
  const { peak } = gatherEvidence(blocks, loss, blocks.length - day.blocks.length);
  return peak / BLOCKS_PER_DAY / loss.rarest >= SUSPECT_KEY_DAYS;
}

function summarize(days: readonly Day[]): UsualLoss | null {
  if (days.length < LEAST_DAYS) return null;
  const sum = (of: (day: Day) => number) => days.reduce((total, day) => total + of(day), 0);
  const [gateway, unreported] = [sum((day) => day.gateway), sum((day) => day.unreported)];
  const expected = Math.min(1, (unreported + UNSEEN) / (gateway + UNSEEN));
  const worst = Math.max(
    ...days.map((day) => (day.unreported + expected * DAY_REQUESTS) / (day.gateway + DAY_REQUESTS)),
  );
  const most = Math.max(LEAST_SHARE, WORST_DAYS * worst);
  // Where callers report less than half there is nothing that an attacker would stand out from.
  if (most >= 1) return null;
  const blocks = days.flatMap((day) => day.blocks);
  const perBlock = gateway / blocks.filter((block) => block.gateway > 0).length;
  const rarest = gatherEvidence(blocks, { most, perBlock }).peak / BLOCKS_PER_DAY;
  return { share: unreported / gateway, days: days.length, most, perBlock, rarest: Math.max(1, rarest) };
}

/** Days on which the gateway served anything that could be compared. */
function daysOf(blocks: readonly UnreportedBlock[]): Day[] {
  const days: (Day & { blocks: UnreportedBlock[]; gateway: number; unreported: number })[] = [];
  for (const block of blocks) {
    const start = Math.floor(block.at / DAY_MS) * DAY_MS;
    const last = days.at(-1);
    if (last?.start === start) {
      last.blocks.push(block);
      last.gateway += block.gateway;
      last.unreported += block.unreported;
    } else days.push({ start, blocks: [block], gateway: block.gateway, unreported: block.unreported });
  }
  return days.filter(({ gateway }) => gateway > 0);
}
