/** A source that is heard as it happens; instants are epoch ms. */
export interface LiveSource {
  readonly source: string;
  /** End of the newest minute that was heard. */
  readonly observedUntil: number;
  /** When its newest row was written. */
  readonly ingestedAt: number;
  /** Minutes of the last week in which it was heard as it happened. */
  readonly minutes: number;
  readonly longestGapMs: number;
  /** How far its newest minute that is on file lies ahead of the instant; 0 when it does not. */
  readonly aheadMs: number;
}

/** How far checks have come; instants are epoch ms. */
export interface CheckProgress {
  readonly checkedUntil: number;
  /** When the newest check was put on file: one that catches up is behind, and yet does not stand still. */
  readonly recordedAt: number;
  /** The last minute to come that a process with a wrong clock put on file as checked; null when there is none. */
  readonly futureUntil: number | null;
}

/** A page is sent within seconds: one that waits for longer (ms) is late. */
export const LATE_PAGE_MS = 60_000;

/** How delivery stands. */
export interface DeliveryState {
  readonly waiting: number;
  /** Epoch ms since when the oldest waits; null when none does. */
  readonly oldestAt: number | null;
  /** Why the last try to send one of them failed; "" before the first. */
  readonly waitingProblem: string;
  /** Refused or given up lately. */
  readonly failed: number;
  /** Why the newest of them was. */
  readonly problem: string;
}

/** The same of the copies for a destination beside PagerDuty. */
export interface CopiesState extends DeliveryState {
  readonly destination: string;
}

/** The same of the calls to a guard. */
export interface GuardState extends DeliveryState {
  readonly guard: string;
  /** How many of those that wait are to end a containment. */
  readonly waitingUndos: number;
}

/** A provider's report that could not be read since its last complete pull; instants are epoch ms. */
export interface UnreadReport {
  readonly provider: string;
  readonly report: string;
  /** The first try that failed. */
  readonly since: number;
  readonly lastAt: number;
  /** Why the last one did. */
  readonly problem: string;
  /** False: it never was read completely. */
  readonly wasRead: boolean;
}

const PROVIDER = "provider/";

/** The name by which a provider whose reports are read is a source: no ingest token can be called so. */
export function providerSource(provider: string): string {
  return PROVIDER + provider;
}

/** The provider that a source is, or null. */
export function providerOfSource(source: string): string | null {
  return source.startsWith(PROVIDER) ? source.slice(PROVIDER.length) : null;
}
