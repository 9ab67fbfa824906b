import type { ContainmentCall } from "../model/incident/containment.js";
import type { ContainmentReason } from "../model/incident/incident.js";
import type { KeyTraffic } from "../model/finding/key-traffic.js";
import { parsePrefix } from "../model/network/address.js";
import { countedText, requestsText } from "../text/amounts.js";
import { clockText } from "../text/clock-text.js";
import { isIn, splitSources, type Blamed, type SourceSums } from "./split-sources.js";

const MINUTE_MS = 60_000;
/** Requests of the owner that are refused by chance, or for other reasons, are no effect. */
const CHANCE_SHARE = 0.05;
/** The owner's traffic is unchanged where it is at least half of what it was: a few minutes say no more than that. */
const LEAST_SHARE = 0.5;

/** What is looked at to say what a containment came to. */
export interface EffectFacts {
  readonly call: ContainmentCall;
  readonly acceptedAt: number;
  readonly blamed: Blamed;
  /** The traffic since then and, as long as an hour, before it. */
  readonly after: KeyTraffic;
  readonly before: KeyTraffic;
  /** Served in the busiest minute since then. */
  readonly mostServed: number;
  /** Minutes since then in which no source of events was heard. */
  readonly blindMinutes: number;
}

/** What it came to, by name, and as a sentence. */
export interface Effect {
  readonly reason: Extract<ContainmentReason, "effective" | "not_effective" | "not_evaluated">;
  readonly text: string;
}

/** Says what a containment came to. What nobody could see is not evaluated, and never called effective. */
export function judgeEffect(facts: EffectFacts): Effect {
  const { call, acceptedAt, after, blindMinutes } = facts;
  const minutes = (after.to - after.from) / MINUTE_MS;
  const since = `since ${clockText(acceptedAt, after.to)}`;
  if (blindMinutes >= minutes)
    return { reason: "not_evaluated", text: `not evaluated: no events were received ${since}; look at the guard` };
  const blind = blindMinutes === 0 ? "" : `; ${countedText(blindMinutes, "minute")} without events`;
  const judged =
    call.action === "deny_networks"
      ? ofDenied(facts, since)
      : call.action === "freeze"
        ? ofFrozen(facts, since)
        : ofThrottled(facts, since);
  return { ...judged, text: `${judged.text}${blind}` };
}

function ofDenied(facts: EffectFacts, since: string): Effect {
  const { call, after, blamed } = facts;
  const { unknown, unlisted } = splitSources(after, blamed);
  const owner = ownerText(facts);
  if (unknown.served === 0 && unlisted === 0) {
    const what =
      unknown.requests === 0
        ? `no requests from unknown sources ${since}`
        : `unknown sources refused ${since} (${requestsText(unknown.requests)}, none served)`;
    return { reason: "effective", text: `${what}, ${owner}` };
  }
  const blocks = call.networks.flatMap((network) => parsePrefix(network) ?? []);
  const others = unknown.busiest.filter(({ address, served }) => served > 0 && !isIn(address, blocks));
  const advice =
    others.length > 0
      ? `${others.map(({ address }) => address).join(", ")} not denied: contain it again`
      : `they are denied, and ${call.guard} serves them: look at the guard, or freeze the key`;
  return {
    reason: "not_effective",
    text: `unknown sources still served ${since}: ${servedText(unknown)}; ${advice}; ${owner}`,
  };
}

function ofFrozen({ call, after, blamed }: EffectFacts, since: string): Effect {
  const { known, unknown, unlisted } = splitSources(after, blamed);
  if (known.served + unknown.served + unlisted === 0)
    return { reason: "effective", text: `nothing served ${since} (${requestsText(after.requests)} refused)` };
  const who = unknown.served > 0 ? `${servedText(unknown)} unknown` : `${servedText(known)} known`;
  return { reason: "not_effective", text: `still served ${since}: ${who}; look at ${call.guard}` };
}

function ofThrottled(facts: EffectFacts, since: string): Effect {
  const { call, mostServed } = facts;
  const limit = call.limitPerMinute ?? 0;
  const owner = ownerText(facts);
  if (mostServed <= limit) {
    const most = `at most ${requestsText(mostServed)} a minute served ${since} (limit ${limit})`;
    return { reason: "effective", text: `${most}, ${owner}` };
  }
  const text = `more than the limit still served ${since}: ${requestsText(mostServed)} in the busiest minute, limit ${limit}; look at ${call.guard}; ${owner}`;
  return { reason: "not_effective", text };
}

/** How the sources that the key knows fare, against the hour before. */
function ownerText({ after, before, blamed, acceptedAt }: EffectFacts): string {
  const now = splitSources(after, blamed).known;
  const then = splitSources(before, blamed).known;
  const perMinute = ({ served }: SourceSums, { from, to }: KeyTraffic) => served / Math.max(1, (to - from) / MINUTE_MS);
  const [rate, former] = [perMinute(now, after), perMinute(then, before)];
  const refused = (sums: SourceSums) => (sums.requests === 0 ? 0 : 1 - sums.served / sums.requests);
  const rates = `${rateText(former)} a minute before, ${rateText(rate)} since`;
  if (then.served === 0 && now.requests === 0) return "no traffic of the owner's in the hour before either";
  if (refused(now) > refused(then) + CHANCE_SHARE)
    return `${requestsText(now.requests - now.served)} of the owner's refused, too (${rates})`;
  // Less than one request was to be expected: silence says nothing.
  const expected = former * ((after.to - Math.max(after.from, acceptedAt)) / MINUTE_MS);
  if (expected >= 3 && rate < LEAST_SHARE * former) return `owner's traffic fell (${rates})`;
  return `owner's traffic unchanged (${rates})`;
}

function rateText(rate: number): string {
  return rate >= 10 || Number.isInteger(rate) ? String(Math.round(rate)) : rate.toFixed(1);
}

function servedText({ served, busiest }: SourceSums): string {
  const from = busiest.filter((source) => source.served > 0).map(({ address }) => address);
  return `${requestsText(served)} from ${from.join(", ")}${from.length === busiest.length && from.length > 2 ? " and others" : ""}`;
}
