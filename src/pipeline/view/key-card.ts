import { expect } from "../../baseline/expectation.js";
import {
  adaptiveAttacker,
  detectabilityCard,
  type DetectabilityCard,
  type KnownKey,
} from "../../detect/detectability.js";
import type { AlarmBudget } from "../../detect/alarm-budget.js";
import { hintLimits, type LimitHints } from "../../detect/limit-hints.js";
import type { Thresholds } from "../../detect/threshold.js";
import { heldBack } from "../../detect/short-past.js";
import { NO_HISTORY, type BinHistory } from "../../detect/surprise.js";
import type { Baseline } from "../../model/finding/baseline.js";
import type { FirstDays } from "../../model/key/founding.js";
import type { KeyVersion } from "../../model/key/key.js";
import { lineagesOf, withElders, type Lineages } from "../../model/key/lineage.js";
import type { RegistryStore } from "../../store/registry/registry-store.js";
import type { Store } from "../../store/store.js";
import type { ViewStore } from "../../store/view/view-store.js";
import { addDays, DAY_MS, dayStart } from "../../time/day.js";
import { readCallersOfKey, type CallersOfKey } from "./callers-of-key.js";
import { ruleTexts } from "./rule-texts.js";
import { readKeyFounding, type KeyFounding } from "./key-founding.js";
import { readBudgetInForce } from "../learn/read-budget.js";
import { readHistories } from "../learn/read-histories.js";
import { subjectKey } from "../../model/subject.js";

/** Span whose traffic says something of a key's limit. */
const HINT_DAYS = 28;

/** What can be seen of a key, and what cannot. */
export interface KeyCard {
  /** Day of the baseline that it is computed from; null when the key has none: then only the fleet's figures speak. */
  readonly baselineDay: string | null;
  readonly daysOfHistory: number;
  /** What pages somebody. */
  readonly card: DetectabilityCard;
  /** What raises a notice without a page, from less; null where it was not asked. */
  readonly noticed: DetectabilityCard | null;
  /** What pages or raises a notice of the key whatever its baseline says, one sentence each. */
  readonly rules: readonly string[];
  readonly attacker: string;
  /** Whether the key has allowed networks: then what is said of networks that are new to it is about allowed ones. */
  readonly isConfined: boolean;
  /** Null when the key's first two days are over, or it was not asked. */
  readonly founding: KeyFounding | null;
  /** What comparing callers with the gateway sees; null where it was not asked. */
  readonly callers: CallersOfKey | null;
}

/** The detectability card of one key at noon of the day after its newest baseline, with what raises a notice of it and its rules. */
export async function readKeyCard(
  store: Store,
  keyId: string,
  limitPerMinute: number | null,
  budget: AlarmBudget,
): Promise<KeyCard> {
  const visible = await store.readClock();
  const [{ thresholds: limits }, registry] = await Promise.all([
    readBudgetInForce(store, budget, visible),
    store.registry.readKeys(visible, visible),
  ]);
  const [{ baseline, history }, founding, callers] = await Promise.all([
    readNewestHistory(store, keyId, visible, lineagesOf(registry)),
    readKeyFounding(store, keyId, registry, visible),
    readCallersOfKey(store, keyId, limits, visible),
  ]);
  const firstDays = founding?.firstDays ?? null;
  const known = knownKey(baseline, history, limitPerMinute, firstDays, limits);
  const noticed = detectabilityCard(known, limits.notice);
  return {
    ...keyCard(baseline, history, limitPerMinute, limits, isConfined(registry.get(keyId)), firstDays),
    noticed,
    rules: ruleTexts(keyId, registry),
    founding,
    callers,
  };
}

/** A key's newest baseline, null where it has none, with the history before it. */
async function readNewestHistory(store: Store, keyId: string, visible: number, lineages: Lineages) {
  let baseline: Baseline | null = null;
  // A key that succeeds another one begins with what that one usually does.
  for (const id of withElders(lineages, [keyId])) baseline ??= await store.learn.readNewestBaseline(id, visible);
  if (baseline === null) return { baseline, history: NO_HISTORY };
  const histories = await readHistories(store, addDays(baseline.day, 1), [keyId], visible, lineages);
  return { baseline, history: histories.get(subjectKey({ keyId, observedBy: baseline.observedBy })) ?? NO_HISTORY };
}

/** The detectability card of a key from its newest baseline, null where it has none, and its history: of pages alone. */
export function keyCard(
  baseline: Baseline | null,
  history: BinHistory,
  limitPerMinute: number | null,
  limits: Thresholds,
  confined: boolean,
  firstDays: FirstDays | null = null,
): KeyCard {
  const known = knownKey(baseline, history, limitPerMinute, firstDays, limits);
  const card = detectabilityCard(known, limits.page);
  return {
    baselineDay: baseline?.day ?? null,
    daysOfHistory: history.days.length,
    card,
    noticed: null,
    rules: [],
    attacker: adaptiveAttacker(card, (known.expectation?.requests[3] ?? 0) / 1440, newNetworkText(confined)),
    isConfined: confined,
    founding: null,
    callers: null,
  };
}

/** Whether a key may be used from its allowed networks only. */
export function isConfined(key: Pick<KeyVersion, "allowedCidrs"> | undefined): boolean {
  return (key?.allowedCidrs.length ?? 0) > 0;
}

/** The networks that cards call new to a key: of others than its allowed ones a rule speaks. */
export const newNetworkText = (confined: boolean) => `${confined ? "an allowed" : "a"} network that is new for the key`;

/** Noon of the day after a baseline's, epoch ms: the moment that a card speaks of. */
const noonAfter = ({ day }: Baseline) => dayStart(addDays(day, 1)) + DAY_MS / 2;

function knownKey(
  baseline: Baseline | null,
  history: BinHistory,
  limitPerMinute: number | null,
  firstDays: FirstDays | null,
  { learnedDays }: Thresholds,
): KnownKey {
  return {
    expectation: baseline === null ? null : expect(baseline, noonAfter(baseline)),
    churn: baseline?.churn ?? [],
    spendPerRequest: baseline?.spendPerRequest ?? 0,
    ageDays: baseline === null ? 0 : (noonAfter(baseline) - baseline.bornAt) / DAY_MS,
    limitPerMinute,
    history,
    heldBack: heldBack(history, learnedDays),
    firstDays,
  };
}

/** What the traffic of the 28 days before an instant (epoch ms) says of a key's limit; a stated one is not inferred. */
export async function readLimitHints(
  store: {
    readonly view: Pick<ViewStore, "readLimitMinutes">;
    readonly registry: Pick<RegistryStore, "readIdsOfKey">;
  },
  keyId: string,
  stated: number | null,
  now: number,
): Promise<LimitHints> {
  const keyIds = await store.registry.readIdsOfKey(keyId);
  const hints = hintLimits(await store.view.readLimitMinutes(keyIds, now - HINT_DAYS * DAY_MS, now));
  return stated === null ? hints : { ...hints, inferred: null };
}
