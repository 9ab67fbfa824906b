import type { CoverageProblem } from "../../detect/coverage-problem.js";
import { awayShards } from "../../store/clickhouse/answering-shards.js";
import { judgeCoverage, type CoverageFacts } from "../../detect/judge-coverage.js";
import { countLostEvents, type LossDeps } from "./count-lost-events.js";
import { deliverPages, reachOf, type DeliverDeps } from "../page/deliver-pages.js";
import type { Finding } from "../../model/finding/finding.js";
import { printSubject } from "../../model/finding/finding-subject.js";
import type { Incident } from "../../model/incident/incident.js";
import { plainHeadline, summaryText } from "../../model/finding/headline.js";
import { advanceIncidents } from "../incident/advance-incidents.js";
import { readOpenIncidents } from "../incident/read-incidents.js";
import { readUnjudged } from "./read-unjudged.js";
import type { AdvanceDeps } from "../incident/record-step.js";
import type { Store } from "../../store/store.js";

export interface WatchDeps {
  readonly advance: AdvanceDeps;
  readonly deliver: DeliverDeps;
  /** Throws, or does not answer, when Redis is away. */
  readonly pingRedis: () => Promise<unknown>;
  readonly unrecordedSince: () => Promise<number | null>;
  /** How many keys that nobody registered are judged. */
  readonly unregisteredKeys: number;
  /** What is known of clocks; throws what Redis throws. */
  readonly clocks: () => Promise<CoverageFacts["clocks"]>;
  readonly loss: LossDeps;
}

/** What the watch found; `problems` are on file as incidents, and their pages are on their way. */
export interface WatchReport {
  readonly problems: readonly string[];
  readonly sent: number;
}

/** What a watch remembers between its rounds. */
export interface WatchMemory {
  /** Epoch ms since when Redis did not answer; null while it does. */
  redisDownSince: number | null;
  /** Epoch ms since when ClickHouse servers, by their number, did not answer. */
  readonly shardsDownSince: Map<number, number>;
  /** Epoch ms since when this process runs; absent where it looks only once. */
  readonly startedAt?: number;
}

/** Of a watch that has just begun. */
export function newMemory(): WatchMemory {
  return { redisDownSince: null, shardsDownSince: new Map() };
}

/** What a round that remembers nothing knows of the process that it runs in. */
export function memoryOfProcess(now: number): WatchMemory {
  return { ...newMemory(), startedAt: now - Math.round(performance.now()) };
}

const PING_MS = 3000;
/** At a start everything has stood still: so long it has to go on before anybody is paged of that. */
const START_MS = 5 * 60_000;
const STANDS_AT_START: ReadonlySet<string> = new Set(["checks", "recording", "pagerduty"]);
const DAY_MS = 24 * 3_600_000;
const NO_CLOCKS: CoverageFacts["clocks"] = { apartMs: null, skewed: [] };

/**
 * One round of the watch over Plimsoll itself, at an instant (epoch ms). What it finds becomes incidents like any other, but its pages
 * are sent from here at once, past Redis and BullMQ, which may be what is broken.
 * @throws what ClickHouse throws: without it there is nothing to look at
 */
export async function watchCoverage(deps: WatchDeps, memory: WatchMemory, now: number): Promise<WatchReport> {
  const { store } = deps.advance;
  const facts = await readCoverageFacts(deps, memory, now);
  const tick = Math.floor(now / 1000) * 1000;
  const problems = await withoutStart(store, judgeCoverage(facts, now), memory, now);
  const findings = problems.map((problem) => toFinding(problem, tick));
  await store.check.insertFindings(findings);
  await advanceIncidents(
    { ...deps.advance, enqueuePage: async () => {} },
    findings,
    [tick],
    "itself",
    ({ subject }) => facts.awayShards.length === 0 || subject?.kind !== "source",
  );
  const { sent } = await deliverPages(deps.deliver, now, { isOurs: ({ topic }) => topic === "plimsoll" });
  return { problems: findings.map(summaryText), sent };
}

/** Problems without those that a start explains: while it is fresh, only what was told before it and holds still is one. */
async function withoutStart(
  store: WatchDeps["advance"]["store"],
  problems: readonly CoverageProblem[],
  { startedAt }: WatchMemory,
  now: number,
): Promise<readonly CoverageProblem[]> {
  const isFresh = startedAt !== undefined && now - startedAt < START_MS;
  if (!isFresh || !problems.some(standsAtStart)) return problems;
  const open = new Set((await readOpenIncidents(store)).map(nameOf));
  return problems.filter((problem) => !standsAtStart(problem) || open.has(nameOf(problem)));
}

const nameOf = ({ cause, subject }: Pick<Incident, "cause" | "subject">) => `${cause} ${printSubject(subject)}`;

function standsAtStart({ subject }: CoverageProblem): boolean {
  return (
    subject.kind === "source" ||
    (subject.kind === "part" && (STANDS_AT_START.has(subject.part) || /^(destination|guard)\//.test(subject.part)))
  );
}

/** What is known of Plimsoll itself at an instant (epoch ms); remembers since when Redis does not answer. Throws what ClickHouse throws. */
export async function readCoverageFacts(deps: WatchDeps, memory: WatchMemory, now: number): Promise<CoverageFacts> {
  const { store } = deps.advance;
  const answers = await withinMs(deps.pingRedis(), PING_MS).then(
    () => true,
    () => false,
  );
  memory.redisDownSince = answers ? null : (memory.redisDownSince ?? now);
  const away = await readAwayShards(store, memory, now);
  const isWhole = away.length === 0;
  const [checks, sources, delivery, copies, guards, unread, unjudged, unrecordedSince, clocks, lost] =
    await Promise.all([
      store.watch.readCheckProgress(),
      isWhole ? store.watch.readLiveSources(now) : [],
      store.watch.readDeliveryState(now - DAY_MS),
      store.watch.readCopiesState(now - DAY_MS),
      store.watch.readGuardsState(now - DAY_MS),
      store.pull.readUnreadReports(),
      isWhole ? readUnjudged(store, deps.unregisteredKeys, now) : null,
      answers ? withinMs(deps.unrecordedSince(), PING_MS).catch(() => null) : null,
      answers ? withinMs(deps.clocks(), PING_MS).catch(() => NO_CLOCKS) : NO_CLOCKS,
      answers ? countLostEvents(deps.loss, now) : null,
    ]);
  const canPage = reachOf(deps.deliver) !== "nobody";
  const hasPager = deps.deliver.pager !== null;
  const { redisDownSince } = memory;
  const known = {
    redisDownSince,
    awayShards: away,
    checks,
    sources,
    delivery,
    copies,
    guards,
    unread,
    unjudged,
    unrecordedSince,
    clocks,
    lost,
  };
  return { ...known, hasPager, canPage };
}

/** ClickHouse servers that do not answer, and since when that is remembered. */
async function readAwayShards({ answering }: Store, { shardsDownSince }: WatchMemory, now: number) {
  if (answering === null) return [];
  const away = awayShards(answering.shards, await answering.readUptimes()).map((shard) => shard + 1);
  for (const number of shardsDownSince.keys()) if (!away.includes(number)) shardsDownSince.delete(number);
  return away.map((number) => {
    const since = shardsDownSince.get(number) ?? now;
    shardsDownSince.set(number, since);
    return { number, of: answering.shards, since };
  });
}

function toFinding({ cause, subject, severity, since, summary, whatToDo }: CoverageProblem, tick: number): Finding {
  const minutes = (tick - since) / 60_000;
  return {
    findingId: `${cause}/${printSubject(subject)}/${new Date(tick).toISOString()}`,
    tick,
    asOf: tick,
    keyId: null,
    observedBy: "gateway",
    cause,
    subject,
    severity,
    score: Math.round(minutes * 10) / 10,
    onset: Math.min(since, tick),
    headline: plainHeadline(null, summary),
    signals: [],
    statistics: { what_to_do: whatToDo },
  };
}

async function withinMs<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
