import { setImmediate } from "node:timers/promises";
import { BLOCK_MS, unreportedOf, type ComparedBlock, type UnreportedBlock } from "../../detect/unreported.js";
import { EVIDENCE_DAYS, learnUsualLoss, type UsualLoss } from "../../detect/usual-loss.js";
import type { BenignWord } from "../../model/incident/benign-word.js";
import type { ComparedKey, KnownCaller } from "../../store/check/caller-counts.js";
import type { CheckStore } from "../../store/check/check-store.js";
import { DAY_MS } from "../../time/day.js";

/** 21 days that count, two that do not yet, and a week whose suspects are left out. */
const READ_MS = 30 * DAY_MS;
/** Whoever tries a counter out is not missed when it is gone. */
const LEAST_MINUTES = 60;
/** Blocks of a month of so many keys are in memory at a time. */
const KEYS_AT_ONCE = 250;

/** What the callers of some keys reported until a day began. */
export interface CallerHistory {
  readonly callers: readonly KnownCaller[];
  readonly keys: ReadonlyMap<string, KeyOfCallers>;
}

/** What is known of a key whose callers report it. */
export interface KeyOfCallers {
  /** Null while too little is known. */
  readonly usual: UsualLoss | null;
  /** Its blocks of the last days, oldest first. */
  readonly recent: readonly UnreportedBlock[];
}

/** Reads what is usual of the keys (none: of all) that callers reported in the month before a day (epoch ms). */
export async function readCallerHistory(
  store: Pick<CheckStore, "readKeysOfCallers" | "readCallersOfKeys" | "readComparedBlocks">,
  day: number,
  of: { readonly keys: readonly string[]; readonly words: readonly BenignWord[]; readonly rawAsOf: number | null },
): Promise<CallerHistory> {
  const span = { from: day - READ_MS, until: day };
  const reported = await store.readKeysOfCallers(span, of.keys, of.rawAsOf);
  const callers = await store.readCallersOfKeys(span, { keys: reported, least: LEAST_MINUTES }, of.rawAsOf);
  const known = [...new Set(callers.map(({ keyId }) => keyId))];
  const keys = new Map<string, KeyOfCallers>();
  for (let i = 0; i < known.length; i += KEYS_AT_ONCE) {
    const some = new Set(known.slice(i, i + KEYS_AT_ONCE));
    const ofSome = { callers: callers.filter(({ keyId }) => some.has(keyId)), stepMs: BLOCK_MS };
    for (const compared of await store.readComparedBlocks(span, ofSome, of.rawAsOf)) {
      // Each takes milliseconds: what else this process does comes in between.
      await setImmediate();
      const blocks = unreportedOf(blocksOf(compared));
      const usual = learnUsualLoss(blocks, day, vouchedOf(of.words, compared.keyId));
      const recent = blocks.filter(({ at }) => at >= day - EVIDENCE_DAYS * DAY_MS);
      keys.set(compared.keyId, { usual, recent });
    }
  }
  return { callers, keys };
}

/** A key's blocks, oldest first. */
export function blocksOf({ at, gateway, caller, spendMicros }: ComparedKey): ComparedBlock[] {
  return at.map((start, i) => ({
    at: start,
    gateway: gateway[i]!,
    caller: caller[i]!,
    spendMicros: spendMicros[i]!,
  }));
}

/** When (epoch ms, ascending) people vouched for a key. */
export function vouchedOf(words: readonly BenignWord[], keyId: string): number[] {
  return words
    .filter((word) => word.keyId === keyId)
    .map(({ saidAt }) => saidAt)
    .toSorted((a, b) => a - b);
}
