import { sharedByAll } from "../../../detect/additive-share.js";
import { scoreOfNewSources } from "../../../detect/fusion.js";
import { measure, type KeyTick } from "../../../detect/measure.js";
import { heldBack } from "../../../detect/short-past.js";
import { judgeSharedNetwork } from "../../../detect/shared-network.js";
import { NO_HISTORY, surpriseUnder, type BinHistory } from "../../../detect/surprise.js";
import { severityOf, type Thresholds } from "../../../detect/threshold.js";
import { groupBy } from "../../../model/group-by.js";
import { NOVEL_DAYS } from "../../../model/finding/baseline.js";
import type { Finding } from "../../../model/finding/finding.js";
import type { Store } from "../../../store/store.js";
import type { NoveltyContext } from "../../../store/check/novelty-fact.js";
import { WINDOW_MINUTES } from "../../../model/finding/window.js";
import { DAY_MS, MINUTE_MS } from "../../../time/day.js";
import type { TickSpan } from "../../../time/ticks.js";
import type { CheckCache } from "../facts/check-cache.js";
import type { ObservedLog } from "../facts/observed-log.js";
import type { NovelRun, RunValue } from "../facts/novel-piece.js";
import { novelAtTicks } from "../facts/novel-hour.js";
import type { NovelBefore } from "../facts/novel-sums.js";
import type { NovelIndex } from "../facts/novel-index.js";
import { novelMsOf } from "../facts/novel-windows.js";
import { writeNetworkFinding, type NetworkUser } from "./write-network-finding.js";

/** What a span's networks are judged with. */
export interface NetworkCheck {
  readonly store: Store;
  readonly memory: CheckCache;
  readonly observed: ObservedLog;
  readonly limits: Thresholds;
  readonly asOf: number;
  readonly rawAsOf: number | null;
  readonly novelty: NoveltyContext;
  readonly index: NovelIndex;
  /** Figures of a key (by subject) at a tick; null when it did nothing for a day. */
  readonly figuresAt: (name: string, tick: number) => KeyTick | null;
  /** Keys judged at a tick. */
  readonly keysAt: ReadonlyMap<number, number>;
  readonly readHistories: (keyIds: readonly string[]) => Promise<ReadonlyMap<string, BinHistory>>;
}

/** Until its shortest window is over, keys that were moved to a network look like keys that somebody uses from there as well. */
const FIRST_MS = WINDOW_MINUTES[0] * MINUTE_MS;
/** So many keys are not waited for: each would be told by itself meanwhile, and on-call would have a storm in place of one incident. */
const MANY_KEYS = 10;

/** A key in a network. */
type User = Pick<RunValue, "network" | "name" | "keyId" | "observedBy">;

/**
 * Judges networks that nobody used until lately and several keys use now: an attacker who takes little from each of many keys is
 * found by what they have in common, even where no key crosses its own threshold.
 */
export async function checkNetworks(of: NetworkCheck, span: TickSpan): Promise<Finding[]> {
  const runs = await runsFromNewNetworks(of, span);
  if (runs.size === 0) return [];
  const users = new Map([...runs].map(([name, [first]]) => [name, first!.of] as const));
  const histories = await of.readHistories([...new Set([...users.values()].map(({ keyId }) => keyId))]);
  const novelMs = novelMsOf(of.novelty.held);
  const trafficAt = novelAtTicks(runs, span.hour, span.ticks, novelMs);
  return span.ticks.flatMap((tick, t) => {
    const traffic = trafficAt[t]!;
    const figuresOf = remembering((name) => of.figuresAt(name, tick));
    const seen = groupBy([...traffic.keys()].toSorted(), (name) => users.get(name)!.network);
    return [...seen].flatMap(([network, names]) => {
      const since = Math.min(...names.map((name) => traffic.get(name)!.firstAt));
      // One key alone shares nothing.
      if (names.length < 2 || (tick - since < FIRST_MS && names.length < MANY_KEYS)) return [];
      const own = names.flatMap((name): readonly UserTick[] => {
        const user = users.get(name)!;
        const figures = figuresOf(user.name);
        if (figures === null) return [];
        const before = traffic.get(name)!;
        const history = histories.get(user.name) ?? NO_HISTORY;
        return [{ user, before, history, figures: { ...figures, novel: before.traffic } }];
      });
      return judgeNetwork(of, network, tick, judgeUsers(own, of.limits));
    });
  });
}

/** A function of names that is asked once for each. */
function remembering<Answer>(ask: (name: string) => Answer): (name: string) => Answer {
  const known = new Map<string, Answer>();
  return (name) => {
    let answer = known.get(name);
    if (answer === undefined) known.set(name, (answer = ask(name)));
    return answer;
  };
}

/** A key in a network before a tick, as if that network were its only newcomer. */
interface UserTick {
  readonly user: User;
  readonly before: NovelBefore;
  readonly history: BinHistory;
  readonly figures: KeyTick;
}

/** Scores of the keys of one network. Whether they moved there or somebody joined them is one question, asked of all at once. */
function judgeUsers(seen: readonly UserTick[], { learnedDays }: Thresholds): NetworkUser[] {
  const shareOf = sharedByAll(seen.map(({ figures }) => figures));
  return seen.map(({ user: { keyId, observedBy }, before, history, figures }) => {
    const { bins } = measure(figures, shareOf);
    const { firstDays } = figures.novel;
    const held = heldBack(history, learnedDays);
    const judged = { isPlaced: true, firstDays: firstDays?.kind ?? null, heldBack: held };
    return { keyId, observedBy, score: scoreOfNewSources(bins, surpriseUnder(history, firstDays), judged), ...before };
  });
}

function judgeNetwork(of: NetworkCheck, network: string, tick: number, found: readonly NetworkUser[]): Finding[] {
  const users = found.toSorted((a, b) => b.score - a.score || (a.keyId < b.keyId ? -1 : 1));
  const shared = judgeSharedNetwork(
    users.map((user) => user.score),
    Math.max(users.length, of.keysAt.get(tick) ?? 0),
    of.limits.scale,
  );
  const severity = shared === null ? null : severityOf(shared.score, of.limits);
  if (shared === null || severity === null) return [];
  const about = { network, tick, asOf: of.asOf, severity, score: shared.score, limits: of.limits };
  return [writeNetworkFinding(about, users.slice(0, shared.keys), users.length)];
}

/** Novel traffic from networks (/24, IPv6 /64) that nobody used until their week and at least two keys use now, by network and subject. */
async function runsFromNewNetworks(of: NetworkCheck, span: TickSpan): Promise<ReadonlyMap<string, NovelRun[]>> {
  const since = span.hour - (NOVEL_DAYS + Math.max(0, ...of.novelty.held.days)) * DAY_MS;
  const fresh = await newNetworks(of, of.index.sharedNetworks(), since, span);
  return groupBy(
    fresh.flatMap((network) => of.index.runsFrom(network)),
    ({ of: { network, name } }) => `${network} ${name}`,
  );
}

/** Those of some networks that no key used until an instant (epoch ms) and several did since. */
async function newNetworks(
  { store, memory, observed, rawAsOf }: NetworkCheck,
  networks: readonly string[],
  since: number,
  { hour, ticks }: TickSpan,
): Promise<string[]> {
  const last = ticks.at(-1)!;
  // First use only ever moves back: what was in use before an instant stays so.
  const unknown = networks.filter(
    (network) => rawAsOf !== null || !((memory.oldNetworks.get(network) ?? Infinity) < since),
  );
  const until = rawAsOf === null ? memory.readUntil(hour, last) : last;
  const { text, settled } = observed.stamp(0, until);
  const kept = { stamp: `${until} ${text}`, keep: settled && rawAsOf === null };
  const births = await memory.networkBirths.recall(
    unknown,
    kept,
    async (missing) =>
      new Map((await store.check.readNetworkBirths(missing, until, rawAsOf)).map((birth) => [birth.network, birth])),
  );
  if (rawAsOf === null) {
    for (const { network, bornAt } of births.values()) if (bornAt < since) memory.oldNetworks.set(network, bornAt);
  }
  return unknown.filter((network) => {
    const birth = births.get(network);
    return birth !== undefined && birth.bornAt >= since && birth.sharedAt < last;
  });
}
