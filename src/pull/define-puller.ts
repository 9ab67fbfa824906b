import type { Secret } from "../secret.js";

/** What a provider says that one key used of one item (a model, a line of the bill) in one bucket. */
export interface ReportedUse {
  /** The provider's public identifier of the key. */
  readonly keyId: string;
  readonly item: string;
  /** 0 in a report of costs. */
  readonly requests: number;
  /** Thousandths of what the provider bills. */
  readonly unitMillis: number;
  /** Millionths of a US dollar. */
  readonly spendMicros: number;
  /** Where the report lists requests one by one, their ids: one that is listed again, on whatever page, is counted once. */
  readonly requestIds?: readonly string[];
}

/** A span of time, epoch ms, half-open, and who used what in it; of a key and item that are named twice the later counts. */
export interface ReportedBucket {
  readonly from: number;
  readonly to: number;
  readonly uses: readonly ReportedUse[];
  /** The keys that were asked for: of these alone the provider has said all. Absent: of every key. */
  readonly askedFor?: readonly string[];
  /** Uses without a key, which were left out. */
  readonly keyless: number;
}

/** One page of a report. */
export interface ReportPage {
  readonly buckets: readonly ReportedBucket[];
  /** What the next page is asked with; null: this was the last. */
  readonly next: string | null;
}

/** What a page is asked with. */
export interface PageRequest {
  /** Where the provider's API is, without a path. */
  readonly origin: string;
  readonly credential: Secret;
  /** Epoch ms, whole buckets, half-open. */
  readonly from: number;
  readonly to: number;
  /** What the page before said is next; null for the first. */
  readonly cursor: string | null;
  readonly signal: AbortSignal;
}

/** One report of a provider: how it is cut, how often it is worth asking for, and how a page of it is read. */
export interface Report {
  readonly name: string;
  /** Where the API is, without a path. */
  readonly origin: string;
  /** Width of a bucket: an hour or a day (UTC). */
  readonly bucketMs: number;
  /** A bucket is not asked for until so long after its end. */
  readonly settleMs: number;
  /** What is read again each time, since providers correct what they reported. */
  readonly lookbackMs: number;
  /** How far back the first pull goes. */
  readonly firstMs: number;
  /** It is not asked for more often. */
  readonly everyMs: number;
  /** Pages are asked for no faster. */
  readonly paceMs?: number;
  /** @throws PullProblem, and nothing with a credential in it */
  readonly fetchPage: (request: PageRequest) => Promise<ReportPage>;
}

/** The settings that hold providers' credentials. */
export type CredentialSetting =
  | "PLIMSOLL_OPENAI_ADMIN_KEY"
  | "PLIMSOLL_ANTHROPIC_ADMIN_KEY"
  | "PLIMSOLL_OPENROUTER_MANAGEMENT_KEY"
  | "PLIMSOLL_AWS_ACCESS_KEY"
  | "PLIMSOLL_GITHUB_INSIGHTS_TOKEN";

/** A provider whose reports are read. */
export interface Puller {
  /** How it is called in commands, tables and, as `provider/<name>`, in coverage. */
  readonly name: string;
  /** The setting that holds its credential; without it the provider is not asked. */
  readonly setting: CredentialSetting;
  readonly reports: readonly Report[];
}

/** Defines a puller. Retries, cursors and what is done with the rows are the driver's (src/pipeline/pull). */
export function definePuller(puller: Puller): Puller {
  return puller;
}
