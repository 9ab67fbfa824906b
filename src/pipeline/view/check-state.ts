import { countedText } from "../../text/amounts.js";
import { LONGEST_SECRET, maskSecrets } from "../../text/secret/secret-shape.js";
import { CHECK_MS } from "../../detect/judge-coverage.js";
import type { Store } from "../../store/store.js";
import type { WatchStore } from "../../store/watch/watch-store.js";
import type { LearnStore } from "../../store/learn/learn-store.js";
import { DAY_MS, dayOf, dayStart, MINUTE_MS } from "../../time/day.js";
import { awaitsFirstLearning } from "../learn/await-first-learning.js";
import { LEARNED_DAYS, planLearning } from "../learn/plan-learning.js";

/** One that catches up puts an hour on file in less. */
const STANDS_MS = 2 * MINUTE_MS;

/** Why checks are not up to date. */
export type CheckLag = "nothing_received" | "first_learning" | "catching_up" | "standing" | "no_source_reporting";
/** Why baselines are not. */
export type LearningLag = "learning" | "late_rows";

/** How far checks and learning have come, and why no further; instants are epoch ms, reasons null where all is well. */
export interface CheckState {
  readonly checkedUntil: number | null;
  /** Until when there was anything to evaluate: a minute in which no source was heard says nothing of a key. */
  readonly evaluatedUntil: number | null;
  readonly checks: { readonly reason: CheckLag; readonly text: string } | null;
  readonly learning: { readonly reason: LearningLag; readonly text: string } | null;
}

type StateStore = Pick<Store, "readClock"> & {
  readonly watch: Pick<WatchStore, "readCheckProgress" | "readNewestEvaluated">;
  readonly learn: Pick<LearnStore, "readLearnableDays" | "readFirstIngested">;
};

const LONGEST_FAILURE = 160;

/** Why the newest check failed, if that was since an instant (epoch ms); null where nothing is known. */
export type LastCheckFailure = (since: number) => Promise<string | null>;

/** Reads at an instant (epoch ms) how far checks and learning have come: one answer for everybody who is to know. */
export async function readCheckState(
  store: StateStore,
  now: number,
  lastFailure: LastCheckFailure = async () => null,
): Promise<CheckState> {
  const closedUntil = dayStart(dayOf(now));
  const [progress, evaluatedUntil, days] = await Promise.all([
    store.watch.readCheckProgress(),
    store.watch.readNewestEvaluated(),
    store.learn.readLearnableDays(closedUntil - LEARNED_DAYS * DAY_MS, closedUntil),
  ]);
  const isFirst = progress === null && (await awaitsFirstLearning(store, now));
  const reason =
    progress === null ? (isFirst ? "first_learning" : "nothing_received") : lagOf({ ...progress, evaluatedUntil }, now);
  const failure = reason === "standing" && progress !== null ? await lastFailure(progress.recordedAt) : null;
  const text =
    failure === null ? null : `no check has finished for two minutes, the last one failed: ${firstWords(failure)}`;
  return {
    checkedUntil: progress?.checkedUntil ?? null,
    evaluatedUntil,
    checks: reason === null ? null : { reason, text: text ?? CHECKS[reason] },
    learning: learningOf(planLearning(days, now)),
  };
}

/**
 * Until when (epoch ms) minutes were evaluated where that is not up to date, null where none ever was; undefined where all is up to date. A minute in
 * which no source was heard says nothing of a key.
 */
export async function readLateChecks(
  store: { readonly watch: Pick<WatchStore, "readNewestEvaluated"> },
  now: number,
): Promise<number | null | undefined> {
  const evaluatedUntil = await store.watch.readNewestEvaluated();
  return evaluatedUntil !== null && !isLate(evaluatedUntil, now) ? undefined : evaluatedUntil;
}

const CHECKS: Readonly<Record<CheckLag, string>> = {
  nothing_received: "no events received yet",
  first_learning: "the first check waits until the imported history is learned, at most 15 minutes",
  catching_up: "missed minutes are being checked",
  no_source_reporting: "no source is reporting, and a minute without events is not evaluated",
  standing:
    "no check has finished for two minutes: check that `plimsoll work` runs, and what its log says of check-keys",
};

/** Whoever reaches the health endpoints may read them. */
function firstWords(failure: string): string {
  return maskSecrets(failure.slice(0, LONGEST_FAILURE + LONGEST_SECRET)).text.slice(0, LONGEST_FAILURE);
}

interface Progress {
  readonly checkedUntil: number;
  readonly recordedAt: number;
  readonly evaluatedUntil: number | null;
}

function lagOf({ checkedUntil, recordedAt, evaluatedUntil }: Progress, now: number): CheckLag | null {
  if (isLate(checkedUntil, now)) return now - recordedAt <= STANDS_MS ? "catching_up" : "standing";
  return evaluatedUntil === null || isLate(evaluatedUntil, now) ? "no_source_reporting" : null;
}

const isLate = (until: number, now: number) => now - until > CHECK_MS;

function learningOf({ next, lacking, notBefore }: ReturnType<typeof planLearning>): CheckState["learning"] {
  if (next !== null) {
    return {
      reason: "learning",
      text: `${next.day} has not been learned yet; until then checks use the newest existing baselines`,
    };
  }
  const [first] = lacking;
  if (first === undefined) return null;
  const rows = lacking.reduce((sum, { events, learnedEvents }) => sum + events - Math.max(0, learnedEvents), 0);
  const days = lacking.length === 1 ? first.day : `${lacking.length} days since ${first.day}`;
  const at = `${new Date(notBefore).toISOString().slice(0, 16)}Z`;
  return {
    reason: "late_rows",
    text: `${countedText(rows, "row")} arrived late for ${days}; baselines will be updated at ${at}, checks continue meanwhile`,
  };
}
