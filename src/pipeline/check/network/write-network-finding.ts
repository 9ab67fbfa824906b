import { activityOfWindows } from "../../../detect/activity.js";
import { rarityOf, type Thresholds } from "../../../detect/threshold.js";
import type { Finding } from "../../../model/finding/finding.js";
import type { Severity } from "../../../model/incident/page.js";
import type { NovelTraffic } from "../../../model/finding/novelty.js";
import { networkText } from "../../../store/check/shared-networks.js";
import { perWindow, type PerWindow } from "../../../model/finding/window.js";
import { requestsText } from "../../../text/amounts.js";
import type { Subject } from "../../../model/subject.js";
import { networkHeadline } from "../../../model/finding/use-sentences.js";

/** A key that uses a shared network: its score if this network were its only newcomer, and its traffic from there. */
export interface NetworkUser extends Subject {
  readonly score: number;
  readonly traffic: NovelTraffic;
  /** Epoch ms of its first minute in 24 hours. */
  readonly firstAt: number;
}

/** Writes up a network that several keys use and nobody used before, under the key that shows most. */
export function writeNetworkFinding(
  found: {
    readonly network: string;
    readonly tick: number;
    readonly asOf: number;
    readonly severity: Severity;
    readonly score: number;
    readonly limits: Thresholds;
  },
  users: readonly NetworkUser[],
  usersInAll: number,
): Finding {
  const { tick, score } = found;
  const network = networkText(found.network);
  const keys = users.map((user) => {
    const inDay = (values: readonly PerWindow[]) => Math.max(...values.map((windows) => windows[3]));
    const { requests, spendMicros } = user.traffic;
    return { key_id: user.keyId, requests: inDay(requests), spend_micros: inDay(spendMicros), score: user.score };
  });
  const total = (of: (key: (typeof keys)[number]) => number) => keys.reduce((sum, key) => sum + of(key), 0);
  const [requests, spendMicros] = [total((key) => key.requests), total((key) => key.spend_micros)];
  // A request counts at every level that it satisfies: the fullest level holds them all.
  const inWindow = (window: number) => (user: NetworkUser) =>
    Math.max(...user.traffic.requests.map((windows) => windows[window]!));
  const lately = perWindow((window) => users.map(inWindow(window)).reduce((sum, count) => sum + count, 0));
  const onset = Math.min(...users.map(({ firstAt }) => firstAt));
  const { keyId, observedBy } = users[0]!;
  const at = new Date(tick).toISOString().slice(0, 16).replace(/[-:]/g, "");
  const since = { requests, spend_micros: spendMicros };
  return {
    findingId: `leak/network/${encodeURIComponent(network)}/${at}`,
    tick,
    asOf: found.asOf,
    keyId,
    observedBy,
    cause: "leak",
    subject: { kind: "network", network },
    severity: found.severity,
    score,
    onset,
    headline: networkHeadline({
      network,
      keyIds: keys.map((key) => key.key_id),
      keys: keys.length,
      since,
      onset,
      tick,
    }),
    signals: [
      {
        name: "shared_network",
        score,
        summary: `${usersInAll} keys use ${network}, new to all of them within the last week: ${requestsText(requests)} in 24 hours`,
      },
    ],
    statistics: {
      network,
      keys,
      since_onset: {
        requests,
        expected_requests: null,
        spend_micros: spendMicros,
        expected_spend_micros: null,
        novel_requests: requests,
        novel_spend_micros: spendMicros,
      },
      activity: activityOfWindows("unknown", lately),
      ...rarityOf(score, found.limits),
      new_sources: [],
      blamed_networks: [network],
    },
  };
}
