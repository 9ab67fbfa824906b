/** What each source may send a second: events, or partitions that they touch. */
export interface TokenQuota {
  /** Milliseconds until the source may send again, 0 when it may now. */
  readonly waitMs: (source: string, now: number) => number;
  /** Takes units off what the source may send; may leave it in debt, since a body is known only once it is read. */
  readonly spend: (source: string, units: number, now: number) => void;
}

interface Account {
  /** Units in hand at `at`; below 0 in debt. */
  inHand: number;
  at: number;
}

/** What a source did not send lately it may send at once, up to so many seconds' worth: traffic is not even. */
const BURST_SECONDS = 10;

/** A token bucket for each source, in this process. 0 per second is no quota. Instants are epoch milliseconds. */
export function openTokenQuota(perSecond: number): TokenQuota {
  const accounts = new Map<string, Account>();
  const most = perSecond * BURST_SECONDS;
  const accountOf = (source: string, now: number): Account => {
    const account = accounts.get(source) ?? { inHand: most, at: now };
    accounts.set(source, account);
    account.inHand = Math.min(most, account.inHand + (Math.max(0, now - account.at) / 1000) * perSecond);
    account.at = now;
    return account;
  };
  return {
    waitMs: (source, now) => {
      if (perSecond === 0) return 0;
      const { inHand } = accountOf(source, now);
      // Fractions of a unit come from rounding.
      return inHand > -1 ? 0 : Math.ceil((-inHand / perSecond) * 1000);
    },
    spend: (source, units, now) => {
      if (perSecond > 0) accountOf(source, now).inHand -= units;
    },
  };
}
