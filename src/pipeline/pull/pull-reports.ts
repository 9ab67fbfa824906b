import type { Puller } from "../../pull/define-puller.js";
import { PullProblem } from "../../pull/pull-problem.js";
import type { Secret } from "../../secret.js";
import { providerSource } from "../../model/coverage.js";
import type { Store } from "../../store/store.js";
import { MINUTE_MS } from "../../time/day.js";
import { pullReport, type PulledReport, type PullReportDeps } from "./pull-report.js";

export interface PullDeps extends Omit<PullReportDeps, "pause" | "store"> {
  readonly store: Pick<Store, "pull" | "ingest">;
  readonly pullers: readonly Puller[];
  /** The credential of a provider; undefined where none is configured: it is not asked then. */
  readonly credentialOf: (puller: Puller) => Secret | undefined;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onPulled: (provider: string, pulled: PulledReport) => void;
  readonly onProblem: (provider: string, report: string, problem: string) => void;
}

/** Providers and reports to read, in place of those that are due; `from` in epoch ms. */
export interface PullWish {
  readonly provider?: string;
  readonly from?: number;
}

/** What became of each report that was read. */
export interface PullOutcome {
  readonly provider: string;
  readonly pulled: readonly PulledReport[];
  readonly problems: readonly string[];
}

/**
 * Reads the reports of every provider that has a credential, providers beside each other. One that answered to all that it was asked has shown that it is there: its
 * silence is noticed as that of any source.
 */
export async function pullReports(
  deps: PullDeps,
  now: number,
  signal: AbortSignal = new AbortController().signal,
  wish: PullWish = {},
): Promise<PullOutcome[]> {
  const asked = deps.pullers.filter(({ name }) => wish.provider === undefined || name === wish.provider);
  const outcomes = asked.map(async (puller) => {
    const credential = deps.credentialOf(puller);
    return credential === undefined ? [] : [await pullProvider(deps, { puller, credential, signal, wish }, now)];
  });
  // What ends one must not cut the others off.
  await Promise.allSettled(outcomes);
  return (await Promise.all(outcomes)).flat();
}

interface ProviderPull {
  readonly puller: Puller;
  readonly credential: Secret;
  readonly signal: AbortSignal;
  readonly wish: PullWish;
}

async function pullProvider(deps: PullDeps, of: ProviderPull, now: number): Promise<PullOutcome> {
  const { puller, credential, signal, wish } = of;
  const pause = async (ms: number) => deps.pause(ms, signal);
  const pulls = (await deps.store.pull.readNewestPulls()).filter(({ provider }) => provider === puller.name);
  const isDue = ({ name, everyMs }: Puller["reports"][number]) =>
    wish.provider !== undefined ||
    !pulls.some(({ report, askedAt }) => report === name && now >= askedAt && now - askedAt < everyMs);
  const pulled: PulledReport[] = [];
  const problems: string[] = [];
  // Whoever let one report wait in vain is asked once for each of the others.
  let { patienceMs } = deps;
  for (const report of puller.reports.filter(isDue)) {
    try {
      const { until } = pulls.find((one) => one.report === report.name) ?? {};
      const from = wish.from === undefined ? {} : { from: wish.from };
      const one = await pullReport(
        { ...deps, pause, patienceMs },
        { puller, report, credential, signal, until, ...from },
        now,
      );
      if (one === null) continue;
      pulled.push(one);
      deps.onPulled(puller.name, one);
    } catch (error) {
      // What ClickHouse throws is not the provider's.
      if (!(error instanceof PullProblem)) throw error;
      patienceMs = 0;
      await deps.store.pull.insertPullProblem({ provider: puller.name, report: report.name }, error.message);
      problems.push(`${report.name}: ${error.message}`);
      deps.onProblem(puller.name, report.name, error.message);
    }
  }
  if (pulled.length > 0 && problems.length === 0) {
    const beat = { source: providerSource(puller.name), minute: Math.floor(now / MINUTE_MS) * MINUTE_MS };
    await deps.store.ingest.insertHeartbeats([beat], `${beat.source}:${beat.minute}`);
  }
  return { provider: puller.name, pulled, problems };
}
