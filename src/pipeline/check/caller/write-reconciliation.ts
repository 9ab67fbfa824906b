import type { ReconciliationVerdict } from "../../../detect/reconciliation.js";
import { rarityOf, type Thresholds } from "../../../detect/threshold.js";
import type { UsualLoss } from "../../../detect/usual-loss.js";
import type { Finding } from "../../../model/finding/finding.js";
import { namedKey } from "../../../model/finding/headline.js";
import type { KeyVersion } from "../../../model/key/key.js";
import { round6 } from "../../../model/round.js";
import { costText, countText, requestsText } from "../../../text/amounts.js";
import { clockText, minuteText } from "../../../text/clock-text.js";
import { missingText } from "../../../text/missing-text.js";

/** What a finding is written from. */
interface Reconciled {
  readonly asOf: number;
  readonly limits: Thresholds;
  readonly keys: ReadonlyMap<string, KeyVersion>;
  readonly keyId: string;
  readonly tick: number;
  /** Names of the callers that were compared. */
  readonly callers: readonly string[];
  readonly usual: UsualLoss;
}

/** The finding on a key of which the gateway served more than its callers report. */
export function writeReconciliation(of: Reconciled, verdict: ReconciliationVerdict): Finding {
  const { keyId, tick, usual, callers } = of;
  const { onset, gateway, caller, excess, score } = verdict;
  const spend = Math.round((verdict.spendMicros * excess) / gateway);
  const at = new Date(tick).toISOString().slice(0, 16).replace(/[-:]/g, "");
  const missing = missingText(usual.share);
  const usually = `your callers usually miss ${missing}`;
  return {
    findingId: `leak/${encodeURIComponent(keyId)}/reconciliation/${at}`,
    tick,
    asOf: of.asOf,
    keyId,
    observedBy: "gateway",
    cause: "leak",
    subject: null,
    severity: verdict.severity!,
    score,
    onset,
    headline: {
      key: namedKey(keyId, of.keys.get(keyId)),
      what: `the gateway served ${requestsText(excess)} since ${clockText(onset, tick)} that no caller reports${costText(spend)}; ${usually}`,
      // A page says by itself since when and at what cost.
      brief: `${requestsText(excess)} that no caller reports; callers usually miss ${missing}`,
    },
    signals: [
      {
        name: "reconciliation",
        score,
        summary:
          `${requestsText(gateway)} at the gateway since ${minuteText(onset)}, in minutes that every known caller of the key reported (${callersText(callers)}); ` +
          `they reported ${countText(caller)}: ${missingText(1 - caller / gateway)} are missing, and ${usually}`,
      },
    ],
    statistics: {
      gateway_requests: gateway,
      caller_requests: caller,
      callers,
      usual_missing_share: round6(usual.share),
      most_missing_share: round6(usual.most),
      usual_block_requests: round6(usual.perBlock),
      evidence: verdict.evidence,
      past_evidence_key_days: round6(usual.rarest),
      history_days: usual.days,
      since_onset: {
        requests: gateway,
        expected_requests: gateway - excess,
        spend_micros: verdict.spendMicros,
        expected_spend_micros: null,
        novel_requests: excess,
        novel_spend_micros: spend,
      },
      ...rarityOf(score, of.limits),
      new_sources: [],
      // Whoever it is may sit on the owner's host: no suppression of networks can say that it is theirs.
      blamed_networks: null,
    },
  };
}

/** How many callers a page names. */
const NAMED = 5;

function callersText(callers: readonly string[]): string {
  const more = callers.length - NAMED;
  return `${callers.slice(0, NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
