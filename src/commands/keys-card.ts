import type { Detectable, Within } from "../detect/detectability.js";
import type { LimitHints } from "../detect/limit-hints.js";
import type { BudgetAudit, KeyCard } from "../pipeline/key-card.js";
import { foundingText } from "../pipeline/key-founding.js";
import { warmUpText } from "../pipeline/warm-up.js";

/** The detectability card as JSON: what `keys show --json` and the dashboard give. */
export function cardToJson(keyCard: KeyCard) {
  const { baselineDay, daysOfHistory, suspectUntil, card, thief, founding } = keyCard;
  return {
    baseline_day: baselineDay,
    history_days: daysOfHistory,
    // Null: its own past speaks.
    warming_up: warmUpText(keyCard),
    suspect_until: suspectUntil === null ? null : new Date(suspectUntil).toISOString(),
    // Null: not detectable in that time.
    through_foreign_network: withinToJson(card.throughForeignNetwork),
    through_known_network: withinToJson(card.throughKnownNetwork),
    adaptive_thief: thief,
    founding:
      founding === null
        ? null
        : {
            until: founding.until === null ? null : new Date(founding.until).toISOString(),
            compared_with: founding.comparedWith,
          },
  };
}

/** The budget audit as JSON: alarms per 1,000 key-days, stated and observed over 28 days. */
export function auditToJson({ stated, observed, judged }: BudgetAudit) {
  return {
    stated: { pages_per_1000_key_days: stated.pages, notices_per_1000_key_days: stated.notices },
    observed: {
      key_days: observed.keyDays,
      pages: observed.pages,
      notices: observed.notices,
      pages_per_1000_key_days: observed.pagesPer1000,
      notices_per_1000_key_days: observed.noticesPer1000,
    },
    judged:
      judged === null
        ? null
        : {
            leaks: judged.leaks,
            benign: judged.benign,
            unjudged: judged.unjudged,
            benign_per_1000_key_days: judged.benignPer1000,
          },
  };
}

/** Card and audit as lines of name and text. */
export function cardToLines(card: KeyCard, audit: BudgetAudit): readonly (readonly [string, string])[] {
  const { stated, observed, judged } = audit;
  const rate = observed.pagesPer1000 === null ? "nothing yet" : `${observed.pagesPer1000} observed`;
  return [
    ["paged from (new network)", withinToText(card.card.throughForeignNetwork)],
    ["paged from (known network)", withinToText(card.card.throughKnownNetwork)],
    ["adaptive thief", card.thief],
    ...foundingLines(card),
    ...warmUpLines(card),
    ["judged from", card.baselineDay === null ? "no baseline yet" : `${card.baselineDay}, ${card.daysOfHistory} days`],
    [
      "page budget (1,000 key-days)",
      `${stated.pages} stated, ${rate}: ${observed.pages} in ${observed.keyDays} key-days`,
    ],
    [
      "pages judged by people",
      judged === null
        ? "none yet: plimsoll incidents resolve --as leak|benign, or expect"
        : `${judged.leaks} leaks, ${judged.benign} benign (${judged.benignPer1000 ?? "-"} per 1,000 key-days), ${judged.unjudged} not judged`,
    ],
  ];
}

function warmUpLines(card: KeyCard): readonly (readonly [string, string])[] {
  const text = warmUpText(card);
  return text === null ? [] : [["warming up", text]];
}

function foundingLines({ founding }: KeyCard): readonly (readonly [string, string])[] {
  const text = foundingText(founding);
  return text === null ? [] : [["first 48 hours", text]];
}

function withinToJson(within: Within) {
  const one = (found: Detectable | null) =>
    found === null ? null : { requests_per_minute: found.requestsPerMinute, usd_per_day: found.usdPerDay };
  return { "15m": one(within["15m"]), "1h": one(within["1h"]), "24h": one(within["24h"]) };
}

function withinToText(within: Within): string {
  return (["15m", "1h", "24h"] as const)
    .map((time) => {
      const found = within[time];
      if (found === null) return `${time}: not detectable`;
      const cost = found.usdPerDay === null ? "" : ` ($${found.usdPerDay.toFixed(2)} a day)`;
      return `${time}: ${found.requestsPerMinute}/min${cost}`;
    })
    .join(" · ");
}

/** What traffic says of a key's limit, as JSON: null where it says nothing. */
export function limitsToJson({ inferred, tightest }: LimitHints) {
  return {
    inferred_limit:
      inferred === null
        ? null
        : { requests_per_minute: inferred.perMinute, throttled_minutes: inferred.minutes, days: inferred.days },
    tightest_limit:
      tightest === null
        ? null
        : { requests_per_minute: tightest.perMinute, p999_minute: tightest.p999, minutes: tightest.minutes },
  };
}

/** What traffic says of a key's limit, as lines of name and text. */
export function limitsToLines({ inferred, tightest }: LimitHints): readonly (readonly [string, string])[] {
  return [
    ...(inferred === null
      ? []
      : [
          [
            "limit (inferred)",
            `${inferred.perMinute}/min, inferred from 429s in ${inferred.minutes} minutes of ${inferred.days} days; nobody told it, no rule uses it`,
          ] as const,
        ]),
    [
      "tightest limit",
      tightest === null
        ? "too little traffic in 28 days to say"
        : `${tightest.perMinute}/min: a quarter above the p99.9 of ${tightest.minutes} minutes in use, ${tightest.p999}/min`,
    ],
  ];
}
