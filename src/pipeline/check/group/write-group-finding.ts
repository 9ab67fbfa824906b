import { activityOfWindows } from "../../../detect/activity.js";
import type { GroupVerdict } from "../../../detect/judge-group.js";
import { familiarRequests, familiarSpend } from "../../../detect/familiar.js";
import type { KeyTick } from "../../../detect/measure.js";
import { rarityOf, type Thresholds } from "../../../detect/threshold.js";
import type { Finding } from "../../../model/finding/finding.js";
import type { KeyGroup } from "../../../model/key/key-group.js";
import { round6 } from "../../../model/round.js";
import { perWindow, WINDOW_MINUTES, WINDOW_NAMES } from "../../../model/finding/window.js";
import { MINUTE_MS } from "../../../time/day.js";
import { dollarText, requestsText } from "../../../text/amounts.js";
import { shortenText } from "../../../text/shorten-text.js";
import type { Subject } from "../../../model/subject.js";

/** Keys named in a finding about many. */
const KEYS_IN_FINDING = 20;

/** Room for the group in a summary. */
const LONGEST_NAME = 40;

/** A key at a tick, with the groups that it belongs to. */
export interface MemberTick {
  readonly subject: Subject;
  readonly at: number;
  readonly groups: readonly string[];
  readonly figures: KeyTick;
}

/** A verdict on a group of keys at one tick, with what its keys did. */
export interface GroupFindingParts {
  readonly group: KeyGroup;
  readonly tick: number;
  readonly asOf: number;
  readonly verdict: GroupVerdict;
  readonly limits: Thresholds;
  readonly figures: KeyTick;
  readonly members: readonly MemberTick[];
}

/** Writes up a rise of a whole group, under the key that rose most: on-call starts there. */
export function writeGroupFinding(parts: GroupFindingParts): Finding {
  const { group, tick, verdict, figures } = parts;
  const { window } = verdict;
  const isSpend = verdict.signal.name === "spend";
  const rises = parts.members
    .map(({ subject, figures: own }) => {
      const actual = familiarRequests(own)[window]!;
      const expected = own.expectation?.requests[window] ?? 0;
      const spendMicros = Math.round(familiarSpend(own)[window]!);
      const foreign = { requests: own.requests[window]! - actual, spendMicros: own.spendMicros[window]! - spendMicros };
      // Spend, too, is compared in requests of usual cost.
      const grownTo = isSpend ? spendMicros / Math.max(1, own.spendPerRequest) : actual;
      const expectedMicros = expected * own.spendPerRequest;
      return { keyId: subject.keyId, actual, expected, spendMicros, expectedMicros, foreign, rise: grownTo - expected };
    })
    .toSorted((a, b) => b.rise - a.rise || (a.keyId < b.keyId ? -1 : 1));
  const most = rises[0]!;
  const [actual, expected] = [figures.requests[window]!, figures.expectation!.requests[window]!];
  const sumOf = (amount: (rise: (typeof rises)[number]) => number) =>
    rises.reduce((sum, rise) => sum + amount(rise), 0);
  const spendMicros = sumOf((rise) => rise.spendMicros);
  const expectedMicros = Math.round(sumOf((rise) => rise.expectedMicros));
  const whose = group.kind === "fleet" ? "all keys" : `the keys of ${group.kind} ${group.name}`;
  // A group's spend is counted in requests of usual cost.
  const grown = isSpend ? figures.spendMicros[window]! : actual;
  const percent = Math.round((grown / Math.max(1, expected) - 1) * 100);
  const over = `in the last ${WINDOW_NAMES[window]}, ${percent} % above what is usual for these keys`;
  const did = isSpend
    ? `${dollarText(spendMicros)} ${over}, by ${requestsText(actual)}`
    : `${requestsText(actual)} ${over}`;
  const cost = isSpend ? "" : ` (${dollarText(spendMicros)})`;
  const amount = isSpend ? dollarText(spendMicros) : requestsText(actual);
  const brief = `${shortenText(whose, LONGEST_NAME)} together ${percent} % above usual: ${amount} in the last ${WINDOW_NAMES[window]}`;
  // A quarter of the rise a minute is left: less than that, and it is over.
  const riseAMinute = (grown - expected) / WINDOW_MINUTES[window]!;
  const risenLately = perWindow((w) => {
    const now = isSpend ? figures.spendMicros[w]! : figures.requests[w]!;
    const rise = now - figures.expectation!.requests[w]!;
    return rise >= (riseAMinute * WINDOW_MINUTES[w]!) / 4 ? rise : 0;
  });
  const at = new Date(tick).toISOString().slice(0, 16).replace(/[-:]/g, "");
  return {
    findingId: `leak/${group.kind}/${encodeURIComponent(group.name)}/${group.observedBy}/${at}`,
    tick,
    asOf: parts.asOf,
    keyId: most.keyId,
    observedBy: group.observedBy,
    cause: "leak",
    subject: group,
    severity: verdict.severity ?? "info",
    score: verdict.score,
    onset: tick - WINDOW_MINUTES[window]! * MINUTE_MS,
    headline: { key: null, what: `${whose} together: ${did}${cost}; most of it on ${most.keyId}`, brief },
    signals: [verdict.signal],
    statistics: {
      ...verdict.statistics,
      group: { kind: group.kind, name: group.name, members: rises.length },
      keys: rises.slice(0, KEYS_IN_FINDING).map((rise) => ({
        key_id: rise.keyId,
        requests: rise.actual,
        expected_requests: round6(rise.expected),
      })),
      since_onset: {
        requests: actual,
        expected_requests: round6(expected),
        spend_micros: spendMicros,
        expected_spend_micros: expectedMicros > 0 ? expectedMicros : null,
        novel_requests: 0,
        novel_spend_micros: 0,
      },
      foreign: {
        requests: sumOf(({ foreign }) => foreign.requests),
        spend_micros: sumOf(({ foreign }) => foreign.spendMicros),
      },
      activity: activityOfWindows("unexpected", risenLately),
      // A rise of a group wakes nobody, however large.
      ...rarityOf(verdict.score, { ...parts.limits, page: null }),
      new_sources: [],
    },
  };
}
