import { rarityOf, type Thresholds } from "../../../detect/threshold.js";
import { judgeUnaccounted, type UnaccountedVerdict } from "../../../detect/unaccounted.js";
import type { Finding } from "../../../model/finding/finding.js";
import { namedKey, plainHeadline } from "../../../model/finding/headline.js";
import type { KeyVersion } from "../../../model/key/key.js";
import type { ProviderDay } from "../../../store/check/provider-days.js";
import type { Store } from "../../../store/store.js";
import { DAY_MS, MINUTE_MS } from "../../../time/day.js";
import { groupBy } from "../../../model/group-by.js";
import { minuteText } from "../../../text/clock-text.js";
import { countText, dollarText, requestsText } from "../../../text/amounts.js";

/** Providers report by the hour at best: more often than this there is nothing new to see. */
const EVERY_MS = 15 * MINUTE_MS;

/** What the keys of a span are judged with. */
export interface UnaccountedCheck {
  readonly store: Store;
  readonly limits: Thresholds;
  readonly asOf: number;
  readonly rawAsOf: number | null;
  readonly keys: ReadonlyMap<string, KeyVersion>;
  readonly watched: readonly string[];
  /** Keys whose provider reported lately, and maybe more. */
  readonly readReported: () => Promise<readonly string[]>;
}

/** Compares what providers report with what our own side recorded, at the quarter hours among some ticks (epoch ms). */
export async function checkUnaccounted(of: UnaccountedCheck, within: readonly number[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  const ticks = within.filter((at) => at % EVERY_MS === 0);
  // Mostly no provider reports: what follows costs more to be understood than to be answered.
  if (ticks.length === 0 || (await of.readReported()).length === 0) return findings;
  for (const tick of ticks) {
    const rows = await of.store.check.readProviderDays(tick, of.watched, of.rawAsOf);
    for (const days of groupBy(rows, ({ keyId }) => keyId).values()) {
      // Callers know best what they asked for; a key that none of them reports is compared with the gateway.
      const own = days.some(({ caller }) => caller > 0) ? "caller" : "gateway";
      const counted = days.map((day) => ({ daysAgo: day.daysAgo, provider: day.provider, recorded: day[own] }));
      const verdict = judgeUnaccounted(counted, of.limits);
      if (verdict !== null && verdict.severity !== null) findings.push(write(of, tick, days, own, verdict));
    }
  }
  return findings;
}

function write(
  of: UnaccountedCheck,
  tick: number,
  days: readonly ProviderDay[],
  own: "caller" | "gateway",
  verdict: UnaccountedVerdict,
): Finding {
  const latest = days.find(({ daysAgo }) => daysAgo === 0)!;
  const key = of.keys.get(latest.keyId);
  const spend = latest.provider > 0 ? (latest.providerSpendMicros * verdict.excess) / latest.provider : 0;
  const counted = `${requestsText(latest.provider)} in the provider's report, ${countText(latest[own])} recorded by our own ${own}s`;
  const at = new Date(tick).toISOString().slice(0, 16).replace(/[-:]/g, "");
  return {
    findingId: `leak/${encodeURIComponent(latest.keyId)}/unaccounted/${at}`,
    tick,
    asOf: of.asOf,
    keyId: latest.keyId,
    observedBy: "provider",
    cause: "leak",
    subject: null,
    severity: verdict.severity!,
    score: verdict.score,
    onset: latest.horizon - DAY_MS,
    headline: plainHeadline(
      namedKey(latest.keyId, key),
      `${requestsText(verdict.excess)} that none of our own callers made (${dollarText(spend)}), in the 24 hours to ${minuteText(latest.horizon)}`,
    ),
    signals: [
      {
        name: "unaccounted",
        score: verdict.score,
        summary: `${counted} in the same 24 hours; the provider usually counts ${verdict.usualRatio.toFixed(2)} for each of ours`,
      },
    ],
    statistics: {
      provider_requests: latest.provider,
      recorded_requests: latest[own],
      recorded_by: own,
      usual_ratio: verdict.usualRatio,
      residual: verdict.residual,
      history_days: verdict.days,
      since_onset: {
        requests: latest.provider,
        expected_requests: latest.provider - verdict.excess,
        spend_micros: latest.providerSpendMicros,
        expected_spend_micros: null,
        novel_requests: verdict.excess,
        novel_spend_micros: Math.round(spend),
      },
      ...rarityOf(verdict.score, of.limits),
      new_sources: [],
      // Nobody knows from where: no expectation about networks can say that it is theirs.
      blamed_networks: null,
    },
  };
}
