import { setTimeout as wait } from "node:timers/promises";
import { groupBy } from "../../model/group-by.js";
import type { Puller } from "../../pull/define-puller.js";
import { PullProblem } from "../../pull/pull-problem.js";
import type { Secret } from "../../secret.js";
import type { Amounts } from "../../store/pull/provider-reports.js";
import { DAY_MS } from "../../time/day.js";
import { readReport } from "./read-report.js";

/** What a report says of each key, the dearest first; instants are epoch ms. */
export interface TriedReport {
  readonly report: string;
  readonly from: number;
  readonly to: number;
  readonly keyless: number;
  readonly keys: readonly (Amounts & { readonly keyId: string; readonly items: readonly string[] })[];
  /** Why it could not be read; null: it could. */
  readonly problem: string | null;
}

/** Who tries waits for no long pause. */
const PATIENCE_MS = 20_000;
const TRIED_MS = 2 * DAY_MS;

/** Reads what every report of a provider says of the last two days, or from an instant on (epoch ms), and writes nothing. */
export async function tryReports(
  {
    puller,
    credential,
    from: asked,
  }: { readonly puller: Puller; readonly credential: Secret; readonly from: number | undefined },
  now: number,
): Promise<TriedReport[]> {
  const { signal } = new AbortController();
  const tried: TriedReport[] = [];
  for (const report of puller.reports) {
    const { bucketMs, settleMs } = report;
    const to = Math.floor((now - settleMs) / bucketMs) * bucketMs;
    const from = Math.floor(Math.min(asked ?? to - TRIED_MS, to - bucketMs) / bucketMs) * bucketMs;
    const reading = { pause: async (ms: number) => wait(ms), patienceMs: PATIENCE_MS };
    const about = { report: report.name, from, to, problem: null };
    try {
      const buckets = await readReport(report, { origin: report.origin, credential, from, to, signal }, reading);
      const uses = groupBy(
        buckets.flatMap((bucket) => bucket.uses),
        ({ keyId }) => keyId,
      );
      const sum = (all: readonly Amounts[], field: keyof Amounts) => all.reduce((total, one) => total + one[field], 0);
      const keys = [...uses].map(([keyId, all]) => ({
        keyId,
        requests: sum(all, "requests"),
        unitMillis: sum(all, "unitMillis"),
        spendMicros: sum(all, "spendMicros"),
        items: [...new Set(all.map(({ item }) => item))].toSorted(),
      }));
      keys.sort((one, other) => other.spendMicros - one.spendMicros || other.unitMillis - one.unitMillis);
      tried.push({ ...about, keyless: buckets.reduce((total, { keyless }) => total + keyless, 0), keys });
    } catch (error) {
      if (!(error instanceof PullProblem)) throw error;
      tried.push({ ...about, keyless: 0, keys: [], problem: error.message });
    }
  }
  return tried;
}
