import { clockText } from "../../text/clock-text.js";
import { countText, dollarText } from "../../text/amounts.js";

/** What a finding about a key says of it: requests, since when, and cost; `addresses` counts those it blames, null where it blames none. */
export function leakSentence(of: {
  readonly since: {
    readonly requests: number;
    readonly spend_micros: number;
    readonly novel_requests: number;
    readonly novel_spend_micros: number;
  };
  readonly addresses: number | null;
  readonly onset: number;
  readonly tick: number;
  /** Whether some of it came without an address. */
  readonly isUnplaced?: boolean;
  /** Whether there may be more addresses than were counted. */
  readonly isLeast?: boolean;
}): string {
  const { since, addresses, onset, tick } = of;
  const [count, micros] =
    addresses === null ? [since.requests, since.spend_micros] : [since.novel_requests, since.novel_spend_micros];
  const cost = micros > 0 ? `, ${dollarText(micros)}` : "";
  const least = of.isLeast === true ? "at least " : "";
  const what =
    addresses === null
      ? `${countText(count)} requests, unlike itself`
      : `${countText(count)} requests ${fromText(addresses, least, of.isUnplaced === true)}, on top of usual`;
  return `${what}, since ${clockText(onset, tick)}${cost}`;
}

function fromText(addresses: number, least: string, isUnplaced: boolean): string {
  if (addresses === 0 && isUnplaced) return "without an address, which are new to it";
  const from = `from ${least}${addresses} new address${addresses === 1 ? "" : "es"}`;
  return isUnplaced ? `${from} and without an address` : from;
}

/** What a finding about a network says of its use: requests, since when (epoch ms), as of which tick, and cost. */
export function usedSince(of: {
  readonly since: { readonly requests: number; readonly spend_micros: number };
  readonly onset: number;
  readonly tick: number;
}): string {
  const { since, onset, tick } = of;
  return `${countText(since.requests)} requests since ${clockText(onset, tick)}, ${dollarText(since.spend_micros)}`;
}
