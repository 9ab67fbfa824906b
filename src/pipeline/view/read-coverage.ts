import type { CoverageProblem } from "../../detect/coverage-problem.js";
import { judgeCoverage, type CoverageFacts } from "../../detect/judge-coverage.js";
import { presentIds } from "../../model/key/former-ids.js";
import type { AlarmBudget } from "../../detect/alarm-budget.js";
import type { UnevaluatedSpan } from "../../store/check/checks.js";
import { withinDeadline } from "../../flow/deadline.js";
import type { UnplacedSource } from "../../store/watch/coverage.js";
import type { FailedPage } from "../../store/page/pages.js";
import { DAY_MS } from "../../time/day.js";
import { readBudgetAudit, type BudgetAudit } from "./kept-budget.js";
import { readCheckState, type CheckState, type LastCheckFailure } from "./check-state.js";
import { readDearestKeys } from "./dearest-keys.js";
import { readFleetCard, type FleetCard } from "./fleet-card.js";
import type { PressureReading } from "../ingest/judge-pressure.js";
import { readBudgetInForce } from "../learn/read-budget.js";
import { reachOf } from "../page/deliver-pages.js";
import { eachOnce, readKnownTroubles } from "../watch/known-troubles.js";
import { newMemory, readCoverageFacts, type WatchDeps } from "../watch/watch-coverage.js";

/** How far back it is told what was not evaluated, and which pages were not delivered. */
export const COVERAGE_DAYS = 7;
const MOST_PAGES = 50;
/** The dearest keys of the last day: cards cost a few milliseconds each. */
const MOST_CARDS = 50;
const REDIS_MS = 2000;

export interface CoverageDeps {
  readonly watch: WatchDeps;
  /** What waits for ClickHouse; throws what Redis throws. */
  readonly readWaiting: () => Promise<PressureReading>;
  readonly lastCheckFailure: LastCheckFailure;
  readonly budget: AlarmBudget;
}

/** What Plimsoll sees and tells, and what it does not. */
export interface CoverageReport {
  readonly facts: CoverageFacts;
  readonly state: CheckState;
  /** What the watch finds now, and what is on file as open. */
  readonly problems: readonly CoverageProblem[];
  /** Null: Redis did not answer. */
  readonly waiting: PressureReading | null;
  /** Sources whose events of the last day lack usable addresses. */
  readonly unplaced: readonly UnplacedSource[];
  readonly unevaluated: readonly UnevaluatedSpan[];
  readonly failed: readonly FailedPage[];
  readonly audit: BudgetAudit;
  readonly card: FleetCard;
}

/** How well Plimsoll sees and tells at an instant (epoch ms), by what its watch goes by. Throws what ClickHouse throws. */
export async function readCoverage(deps: CoverageDeps, now: number): Promise<CoverageReport> {
  const { store } = deps.watch.advance;
  const since = now - COVERAGE_DAYS * DAY_MS;
  const inForce = readBudgetInForce(store, deps.budget, now);
  const cards = async () => {
    const [{ keys }, formerIds, registry, { thresholds }] = await Promise.all([
      readDearestKeys(store, now),
      store.registry.readFormerIds("all"),
      store.readClock().then(async (visible) => store.registry.readKeys(now, visible)),
      inForce,
    ]);
    return readFleetCard(
      store,
      [
        ...new Set(
          keys
            .slice(0, MOST_CARDS)
            .map(({ keyId }) => keyId)
            .map(presentIds(formerIds)),
        ),
      ],
      registry,
      thresholds,
      now,
    );
  };
  const [facts, troubles, state, waiting, unplaced, unevaluated, failed, audit, card] = await Promise.all([
    readCoverageFacts(deps.watch, newMemory(), now),
    readKnownTroubles(store, reachOf(deps.watch.deliver), now),
    readCheckState(store, now, deps.lastCheckFailure),
    withinDeadline(REDIS_MS, deps.readWaiting).catch(() => null),
    store.watch.readUnplacedSources(now),
    store.check.readUnevaluatedSpans(since),
    store.page.readFailedPages(since, MOST_PAGES),
    inForce.then(async (budget) => readBudgetAudit(store, budget, now)),
    cards(),
  ]);
  const problems = eachOnce([...judgeCoverage(facts, now), ...troubles]);
  return { facts, state, problems, waiting, unplaced, unevaluated, failed, audit, card };
}
