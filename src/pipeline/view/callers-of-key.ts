import type { Thresholds } from "../../detect/threshold.js";
import { smallestSeenShare } from "../../detect/unseen-share.js";
import { round6 } from "../../model/round.js";
import type { Store } from "../../store/store.js";
import { missingText } from "../../text/missing-text.js";
import { requestsText } from "../../text/amounts.js";
import { DAY_MS } from "../../time/day.js";
import { BLOCKS_PER_DAY } from "../../detect/unreported.js";
import { readCallerHistory } from "../learn/read-caller-history.js";

/** How long an attacker is at work when it is asked whether they would be found, in hours. */
const TIMES = { "6h": 6, "24h": 24, "7d": 168 } as const;

/** What comparing callers with the gateway sees of a key. */
export interface CallersOfKey {
  /** Names of their ingest tokens; none: nobody reports it. */
  readonly names: readonly string[];
  /** Null while too little is known of what they usually miss. */
  readonly compared: {
    readonly missing: number;
    readonly days: number;
    readonly requestsPerDay: number;
    /** The smallest addition that pages, as a share of usual traffic; null: none does in that time. */
    readonly seen: Readonly<Record<keyof typeof TIMES, number | null>>;
  } | null;
}

/** What comparing its callers with the gateway sees of a key on the day of an instant (epoch ms). */
export async function readCallersOfKey(
  store: Pick<Store, "check">,
  keyId: string,
  limits: Thresholds,
  now: number,
): Promise<CallersOfKey> {
  const day = Math.floor(now / DAY_MS) * DAY_MS;
  const history = await readCallerHistory(store.check, day, { keys: [keyId], words: [], rawAsOf: null });
  const names = history.callers.map(({ caller }) => caller);
  const usual = history.keys.get(keyId)?.usual ?? null;
  if (usual === null) return { names, compared: null };
  const seen = (time: keyof typeof TIMES) => {
    const share = smallestSeenShare(usual, TIMES[time], limits);
    return share === null ? null : round6(share);
  };
  return {
    names,
    compared: {
      missing: round6(usual.share),
      days: usual.days,
      requestsPerDay: Math.round(usual.perBlock * BLOCKS_PER_DAY),
      seen: { "6h": seen("6h"), "24h": seen("24h"), "7d": seen("7d") },
    },
  };
}

/** The same as a person reads it. */
export function callersText({ names, compared }: CallersOfKey): string {
  if (names.length === 0)
    return "an attacker with your user agent on your own host is not found; counts of your callers would show one (docs/sending.md)";
  const who = `callers ${names.join(", ")}`;
  if (compared === null) return `not found yet: ${who} are known for too few days to be compared with the gateway`;
  const { seen, requestsPerDay } = compared;
  const within = (time: keyof typeof TIMES) =>
    seen[time] === null
      ? `anything in ${time}`
      : `up to ${missingText(seen[time])} of its usual traffic (${requestsText(seen[time] * requestsPerDay)} a day) in ${time}`;
  return `an attacker could add ${within("6h")}, ${within("24h")}, ${within("7d")} without a notice; ${who} usually miss ${missingText(compared.missing)}`;
}
