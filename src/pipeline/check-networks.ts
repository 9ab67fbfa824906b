import { score } from "../detect/fusion.js";
import { measure, type KeyTick } from "../detect/measure.js";
import { judgeSharedNetwork } from "../detect/shared-network.js";
import { NO_HISTORY, surpriseUnder } from "../detect/surprise.js";
import { severityOf, type Thresholds } from "../detect/threshold.js";
import { NOVEL_DAYS } from "../model/baseline.js";
import type { Finding } from "../model/finding.js";
import type { SharedTraffic } from "../store/shared-networks.js";
import type { Store } from "../store/store.js";
import type { NoveltyContext, Subject } from "../store/usage.js";
import { DAY_MS } from "../time/day.js";
import type { TickSpan } from "../time/ticks.js";
import { readHistories } from "./learn-baselines.js";
import { groupRows, novelTraffic } from "./novel-traffic.js";
import { subjectKey } from "./subject-key.js";
import { writeNetworkFinding, type NetworkUser } from "./write-network-finding.js";

/** What a span's networks are judged with. */
export interface NetworkCheck {
  readonly store: Store;
  readonly limits: Thresholds;
  /** The judged day, `YYYY-MM-DD`. */
  readonly day: string;
  readonly asOf: number;
  readonly rawAsOf: number | null;
  readonly novelty: NoveltyContext;
  /** Figures of a key at a tick; undefined when it did nothing for a day. */
  readonly figuresAt: (subject: Subject, tick: number) => KeyTick | undefined;
  /** Keys judged at a tick. */
  readonly keysAt: ReadonlyMap<number, number>;
}

/**
 * Judges networks that nobody used until lately and several keys use now: a thief who takes little from each of many keys is
 * found by what they have in common, even where no key crosses its own threshold.
 */
export async function checkNetworks(of: NetworkCheck, span: TickSpan): Promise<Finding[]> {
  const { store, novelty } = of;
  const held = Math.max(0, ...novelty.held.days);
  const since = span.hour - (NOVEL_DAYS + held) * DAY_MS;
  const newcomers = await store.readSharedNewcomers(since, span.ticks.at(-1)!, of.rawAsOf);
  if (newcomers.length === 0) return [];
  const traffic = await store.readSharedTraffic({ ...novelty, ...span, newcomers }, of.rawAsOf);
  const keyIds = [...new Set(traffic.map(({ keyId }) => keyId))];
  const histories = await readHistories(store, of.day, keyIds, of.asOf);
  const usersOf = (rows: readonly SharedTraffic[]): NetworkUser[] =>
    [...groupRows(rows, subjectKey)].flatMap(([name, own]) => {
      const { keyId, observedBy, tick } = own[0]!;
      const figures = of.figuresAt({ keyId, observedBy }, tick);
      if (figures === undefined) return [];
      const { bins } = measure({ ...figures, novel: novelTraffic(own) });
      const value = score(bins, surpriseUnder(histories.get(name) ?? NO_HISTORY)).value;
      return [{ keyId, observedBy, score: value, rows: own }];
    });
  return [...groupRows(traffic, ({ tick, network }) => `${tick} ${network}`).values()].flatMap((rows) => {
    const { tick, network } = rows[0]!;
    const users = usersOf(rows).toSorted((a, b) => b.score - a.score || (a.keyId < b.keyId ? -1 : 1));
    const shared = judgeSharedNetwork(
      users.map((user) => user.score),
      Math.max(users.length, of.keysAt.get(tick) ?? 0),
    );
    const severity = shared === null ? null : severityOf(shared.score, of.limits);
    if (shared === null || severity === null) return [];
    const found = { network, tick, asOf: of.asOf, severity, score: shared.score };
    return [writeNetworkFinding(found, users.slice(0, shared.keys), users.length)];
  });
}
