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
/** Where a larger share is nothing unusual there is nothing that an attacker would stand out from. */
const MOST_SHARE = 0.9;
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

/** A day on which the gateway served anything that could be compared. */
interface Day {
  readonly start: number;
  /** Its blocks are those from one index to another, half-open. */
  readonly first: number;
  readonly end: number;
  readonly gateway: number;
  readonly unreported: number;
  /** Blocks in which the gateway served anything. */
  readonly busy: number;
}

/**
 * What callers usually miss of a key, from its blocks of the days before the judged one, oldest first. Yesterday does not count yet, nor do days on which the key was unlike
 * what was usual until then: an attacker's requests teach nothing, unless somebody vouched for them. Null while fewer than seven days do count.
 * @param vouchedAt when (epoch ms, ascending) people said of the key that what was found was legitimate
 */
export function learnUsualLoss(
  blocks: readonly UnreportedBlock[],
  judgedDay: number,
  vouchedAt: readonly number[],
): UsualLoss | null {
  const usual: Day[] = [];
  const daysBefore = (start: number) => usual.filter((day) => day.start <= start - LAG_DAYS * DAY_MS).slice(-MOST_DAYS);
  const saidBefore = (start: number) => vouchedAt.filter((at) => at <= start);
  const days = daysOf(blocks);
  for (const day of days) {
    const known = daysBefore(day.start);
    const loss = summarize(known);
    const said = saidBefore(day.start);
    // How rare past days were is worth asking of few: it can only make this one less suspect.
    const isSuspect =
      loss !== null &&
      isUnusual(blocks, day, vouchFor(loss, blocks, said), said) &&
      isUnusual(blocks, day, vouchFor(withRarest(loss, known, blocks), blocks, said), said);
    if (!isSuspect) usual.push(day);
  }
  const known = daysBefore(judgedDay);
  const loss = summarize(known);
  return loss === null ? null : vouchFor(withRarest(loss, known, blocks), blocks, saidBefore(judgedDay));
}

/** With what people called legitimate: what was missing in the time that their word was about is nothing unusual any more. */
export function vouchFor(
  usual: UsualLoss,
  blocks: readonly UnreportedBlock[],
  vouchedAt: readonly number[],
): UsualLoss {
  let known = usual;
  for (const at of vouchedAt) known = withWord(known, blocks, at);
  return known;
}

function withWord(known: UsualLoss, blocks: readonly UnreportedBlock[], saidAt: number): UsualLoss {
  const before = blocks.filter(({ at }) => at < saidAt && at >= saidAt - EVIDENCE_DAYS * DAY_MS);
  const { value, since } = gatherEvidence(before, known);
  // The word was about something else.
  if (value < BLOCKS_PER_DAY) return known;
  const share = shareOf(before.slice(since));
  const most = Math.min(MOST_SHARE, Math.max(known.most, WORST_DAYS * share));
  return { ...known, share: Math.max(known.share, share), most };
}

function isUnusual(
  blocks: readonly UnreportedBlock[],
  day: Day,
  loss: UsualLoss,
  vouchedAt: readonly number[],
): boolean {
  const from = Math.max(day.start - (EVIDENCE_DAYS - 1) * DAY_MS, ...vouchedAt);
  let first = day.first;
  while (first > 0 && blocks[first - 1]!.at >= from) first -= 1;
  const { peak } = gatherEvidence(blocks.slice(first, day.end), loss, day.first - first);
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
  if (most > MOST_SHARE) return null;
  const perBlock = gateway / sum((day) => day.busy);
  return { share: unreported / gateway, days: days.length, most, perBlock, rarest: 1 };
}

function withRarest(loss: UsualLoss, days: readonly Day[], blocks: readonly UnreportedBlock[]): UsualLoss {
  const ofDays = days.flatMap(({ first, end }) => blocks.slice(first, end));
  return { ...loss, rarest: Math.max(1, gatherEvidence(ofDays, loss).peak / BLOCKS_PER_DAY) };
}

function daysOf(blocks: readonly UnreportedBlock[]): Day[] {
  const days: { -readonly [Part in keyof Day]: Day[Part] }[] = [];
  for (let i = 0; i < blocks.length; i += 1) {
    const { at, gateway, unreported } = blocks[i]!;
    const start = Math.floor(at / DAY_MS) * DAY_MS;
    let last = days.at(-1);
    if (last?.start !== start) {
      last = { start, first: i, end: i, gateway: 0, unreported: 0, busy: 0 };
      days.push(last);
    }
    last.end = i + 1;
    last.gateway += gateway;
    last.unreported += unreported;
    last.busy += gateway > 0 ? 1 : 0;
  }
  return days.filter(({ gateway }) => gateway > 0);
}

function shareOf(blocks: readonly UnreportedBlock[]): number {
  const sum = (of: (block: UnreportedBlock) => number) => blocks.reduce((total, block) => total + of(block), 0);
  return (
    sum(({ unreported }) => unreported) /
    Math.max(
      1,
      sum(({ gateway }) => gateway),
    )
  );
}
