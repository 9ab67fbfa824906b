import { edgeOperatorOf } from "../../model/network/edge-operator.js";
import type { BusiestSources, HistoryTotals } from "../../store/replay/history-facts.js";
import { countedText, countText } from "../../text/amounts.js";

/** Whoever is alone behind so many requests of several keys is a proxy. */
const PROXY_SHARE = 0.8;
/** Requests with an address, of all, below which networks are not judged. */
const ADDRESS_SHARE = 0.5;
/** A key's own days begin to count after a week. */
const ENOUGH_DAYS = 8;
/** From so many short-lived keys on, and so large a share of all, they are minted: fewer may be keys that somebody tried once. */
const [MINTED_KEYS, MINTED_SHARE] = [10, 0.1];

/** What a history is judged for: what stands in it, and what names its keys. */
export interface TriedHistory {
  readonly totals: HistoryTotals;
  /** Keys that were used on one UTC day only. */
  readonly keysOfOneDay: number;
  /** Keys that lived for less than a day. */
  readonly shortLivedKeys: number;
  readonly busiest: BusiestSources;
  readonly namedBy: "key" | "user" | "ip";
  /** Records that were left out because they name no key. */
  readonly nameless: number;
}

/** Something that could not be judged, and what would help. */
export interface Gap {
  readonly gap: string;
  readonly fix: string;
}

/** What could not be judged of a history, what matters most first. */
export function judgeGaps(tried: TriedHistory): readonly Gap[] {
  return [...keyGaps(tried), ...mintedGaps(tried), ...addressGaps(tried), ...pastGaps(tried), ...amountGaps(tried)];
}

function keyGaps({ namedBy, nameless }: TriedHistory): Gap[] {
  const fix =
    "log the key's id or the header that holds the key (X-Api-Key, Authorization), or name it with --key-from header:X";
  if (namedBy === "ip") {
    const gap =
      "keys: the log names none, so each address stands for one; a key used from a new address counts as another key, and a theft shows only as rate and spend of that address";
    return [{ gap, fix }];
  }
  if (namedBy === "user")
    return [{ gap: "single keys: the log names only users, so all keys of a user count as one", fix }];
  if (nameless === 0) return [];
  return [{ gap: `${countedText(nameless, "record")} without a key: left out`, fix }];
}

/** That many keys are minted for some hours each, and nobody says for whom; null where they are not. */
export function shortLivedGap(shortLivedKeys: number, keys: number): Gap | null {
  if (shortLivedKeys < MINTED_KEYS || shortLivedKeys < keys * MINTED_SHARE) return null;
  const gap = `short-lived keys: ${countText(shortLivedKeys)} of ${countedText(keys, "key")} lived for less than a day and cannot be judged one by one`;
  return {
    gap,
    fix: "send `principal` (or `parent_key_id`) with each event: whom the key was minted for has a history",
  };
}

function mintedGaps({ shortLivedKeys, totals, namedBy }: TriedHistory): Gap[] {
  const gap = namedBy === "key" ? shortLivedGap(shortLivedKeys, totals.keys) : null;
  return gap === null ? [] : [gap];
}

function addressGaps({ totals, busiest, namedBy }: TriedHistory): Gap[] {
  const { requests, withAddress } = totals;
  if (withAddress < requests * ADDRESS_SHARE) {
    const share =
      withAddress === 0
        ? "no source address"
        : `no source address in ${percent(1 - withAddress / requests)} of requests`;
    return [{ gap: `${share}: source networks cannot be judged`, fix: "log the client's address (source_ip)" }];
  }
  const { address, network } = busiest;
  const isMost = (one: { readonly requests: number } | null) => (one?.requests ?? 0) >= withAddress * PROXY_SHARE;
  const edge = network === null ? null : edgeOperatorOf(network.asn);
  if (network !== null && edge !== null && isMost(network)) {
    const gap = `${percent(network.requests / withAddress)} of requests come from ${edge}'s own addresses, which are not the clients': source networks cannot be judged`;
    return [{ gap, fix: `log X-Forwarded-For, and trust it from ${edge}'s networks with --trusted-proxies` }];
  }
  if (address !== null && isMost(address) && address.keys > 1 && namedBy !== "ip") {
    const gap = `${percent(address.requests / withAddress)} of requests, of ${countedText(address.keys, "key")}, come from ${address.text}: if that is a proxy, source networks cannot be judged`;
    return [{ gap, fix: `log X-Forwarded-For, and trust it with --trusted-proxies ${address.text}` }];
  }
  return [];
}

function pastGaps(tried: TriedHistory): Gap[] {
  const { totals, keysOfOneDay } = tried;
  const { days, keys } = totals;
  const fix = "give a log of two weeks or more";
  if (days < ENOUGH_DAYS) {
    const gap = `${countedText(days, "day")} of history: a key's own past counts from its second week on; until then only large changes show`;
    return [{ gap, fix }];
  }
  if (keysOfOneDay === 0 || mintedGaps(tried).length > 0) return [];
  const whose = `${countText(keysOfOneDay)} of ${countedText(keys, "key")}`;
  return [{ gap: `${whose} used on one day only: misuse of such a key cannot be distinguished from its use`, fix }];
}

function amountGaps({ totals }: TriedHistory): Gap[] {
  const limit = { gap: "use just under a limit: no key has a known limit", fix: "limit_per_minute in the registry" };
  if (totals.spendMicros > 0) return [limit];
  const spend = {
    gap: "no cost: spend cannot be judged",
    fix: "log a cost (cost_usd), or give prices by route in the registry",
  };
  return [spend, limit];
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}
