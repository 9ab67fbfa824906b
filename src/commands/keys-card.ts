import { countedText } from "../text/amounts.js";
import type { Detectable, DetectabilityCard, Exploring, Within } from "../detect/detectability.js";
import type { LimitHints } from "../detect/limit-hints.js";
import type { KeyStanding } from "../model/key/key-state.js";
import { AUDIT_DAYS, budgetText, type BudgetAudit, type KeptBudget } from "../pipeline/view/kept-budget.js";
import { callersText } from "../pipeline/view/callers-of-key.js";
import { exploringText } from "../pipeline/view/exploring-text.js";
import type { KeyCard } from "../pipeline/view/key-card.js";
import { foundingText } from "../pipeline/view/key-founding.js";
import { warmUpText } from "../pipeline/view/warm-up.js";

/** The detectability card as JSON: what `keys show --json` and the dashboard give. */
export function cardToJson(keyCard: KeyCard, { suspectUntil }: KeyStanding) {
  const { baselineDay, daysOfHistory, card, noticed, rules, attacker, founding } = keyCard;
  return {
    baseline_day: baselineDay,
    history_days: daysOfHistory,
    // Null: its own past speaks.
    warming_up: warmUpText(keyCard),
    suspect_until: suspectUntil === null ? null : new Date(suspectUntil).toISOString(),
    // Null: not detectable in that time.
    ...waysToJson(card),
    exploring: exploringToJson(card.exploring),
    noticed: noticed === null ? null : { ...waysToJson(noticed), exploring: exploringToJson(noticed.exploring) },
    rules,
    adaptive_attacker: attacker,
    callers: callersToJson(keyCard),
    founding:
      founding === null
        ? null
        : {
            until: founding.until === null ? null : new Date(founding.until).toISOString(),
            compared_with: founding.comparedWith,
          },
  };
}

/** What comparing callers with the gateway sees, as JSON; null: it was not asked, or no caller reports the key. Shares are of usual traffic. */
function callersToJson({ callers }: KeyCard) {
  if (callers === null || callers.names.length === 0) return null;
  const { names, compared } = callers;
  return {
    names,
    usual_missing_share: compared?.missing ?? null,
    history_days: compared?.days ?? 0,
    // Null within: no addition is paged in that time.
    smallest_share_paged: compared?.seen ?? null,
  };
}

/** The smallest theft that is found, by way in, as JSON. */
export function waysToJson(card: DetectabilityCard) {
  return {
    through_foreign_network: withinToJson(card.throughForeignNetwork),
    // From a network that the key already uses.
    through_unknown_program: withinToJson(card.throughUnknownProgram),
    through_known_network: withinToJson(card.throughKnownNetwork),
  };
}

/** Refused routes within 15 minutes that page; null where no number of them does. */
const exploringToJson = ({ fromUnknownNetwork, fromKnownNetwork }: Exploring) => ({
  routes_from_unknown_network: fromUnknownNetwork,
  routes_from_known_network: fromKnownNetwork,
});

/** The budget audit as JSON: false alarms as stated, as expected, and as people judged those of 28 days. */
export function auditToJson({ watchedKeys, ownKeyDays, keyDays, pages, notices }: BudgetAudit) {
  const kept = (one: KeptBudget) => ({
    stated: one.inForce.stated,
    // Null: per 1,000 key-days, or the fleet is not known yet.
    expected_in_that_time: one.inForce.stated.per === "1000_key_days" ? null : one.inForce.expected,
    threshold_bound: one.inForce.bound,
    per_1000_key_days: one.inForce.per1000,
    expected: one.expected,
    sent: one.sent,
    judged_leak: one.leaks,
    judged_false: one.benign,
    not_judged: one.unjudged,
    false_per_1000_key_days: one.falsePer1000,
    false_per_1000_key_days_at_most: one.falsePer1000AtMost,
  });
  return {
    watched_keys: watchedKeys,
    own_key_days: ownKeyDays,
    days: AUDIT_DAYS,
    key_days: keyDays,
    pages: kept(pages),
    notices: kept(notices),
  };
}

/** What is seen of a key and what is not, as lines of name and text. */
export function detectabilityToLines(card: KeyCard): readonly (readonly [string, string])[] {
  const fresh = card.isConfined ? "new allowed network" : "new network";
  return [
    [`paged from (${fresh})`, withinToText(card.card.throughForeignNetwork)],
    ["paged from (new program)", withinToText(card.card.throughUnknownProgram)],
    ["paged from (known network)", withinToText(card.card.throughKnownNetwork)],
    ["exploring", exploringText(card.card.exploring)],
    ...(card.noticed === null
      ? []
      : [
          [`notice from (${fresh})`, withinToText(card.noticed.throughForeignNetwork)] as const,
          ["notice from (new program)", withinToText(card.noticed.throughUnknownProgram)] as const,
          ["notice from (known network)", withinToText(card.noticed.throughKnownNetwork)] as const,
        ]),
    ...card.rules.map((text) => ["whatever is usual", text] as const),
    ["adaptive attacker", card.attacker],
    ...(card.callers === null ? [] : [["owner's host and client", callersText(card.callers)] as const]),
    ...foundingLines(card),
    ...warmUpLines(card),
    [
      "judged from",
      card.baselineDay === null ? "no baseline yet" : `${card.baselineDay}, ${countedText(card.daysOfHistory, "day")}`,
    ],
  ];
}

/** Card and audit as lines of name and text. */
export function cardToLines(card: KeyCard, audit: BudgetAudit): readonly (readonly [string, string])[] {
  const { pages, notices } = audit;
  const isMute = pages.leaks + pages.benign === 0 && pages.sent > 0;
  return [
    ...detectabilityToLines(card),
    ["false pages", budgetText(pages, audit)],
    ["false notices", budgetText(notices, audit)],
    ...(isMute
      ? [["judge them", "plimsoll incidents resolve --as leak|benign --note WHY, or expect --note WHY"] as const]
      : []),
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

/** What is found within which time, as JSON; null: not detectable in that time. */
function withinToJson(within: Within) {
  const one = (found: Detectable | null) =>
    found === null ? null : { requests_per_minute: found.requestsPerMinute, usd_per_day: found.usdPerDay };
  return { "15m": one(within["15m"]), "1h": one(within["1h"]), "24h": one(within["24h"]) };
}

function withinToText(within: Within): string {
  return (["15m", "1h", "24h"] as const)
    .map((time) => {
      const found = within[time];
      if (found === null) return `${time}: at no rate up to the limit`;
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
            `${inferred.perMinute}/min, inferred from 429s in ${countedText(inferred.minutes, "minute")} of ${countedText(inferred.days, "day")}; not in the registry, used by no rule`,
          ] as const,
        ]),
    [
      "tightest limit",
      tightest === null
        ? "too little traffic in 28 days to say"
        : `${tightest.perMinute}/min: a quarter above the p99.9 of ${countedText(tightest.minutes, "minute")} in use, ${tightest.p999}/min`,
    ],
  ];
}

/** How the watch sees a key, as JSON: beside the worst that holds of it, since when no key is checked (null: they are, or never were). */
export function standingToJson({ state }: KeyStanding, checkedUntil: number | null | undefined) {
  const since = typeof checkedUntil === "number" ? new Date(checkedUntil).toISOString() : null;
  return { watch_state: state, checks_current: checkedUntil === undefined, not_checked_since: since };
}
