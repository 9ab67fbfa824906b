import type { ObservedBy } from "../event/request-event.js";
import type { FirstDays, PeerKind } from "../key/founding.js";
import type { GroupKind } from "../key/key-group.js";
import type { NetworkType } from "../network/network-table.js";
import type { Activity } from "./activity.js";
import type { Blame } from "./fact-statistics.js";
import type { NoveltyLevel } from "./novelty.js";
import type { SinceOnset } from "./since-onset.js";
import type { PerWindow } from "./window.js";

/** What the statistics of a leak's finding hold: of one key, of a group of keys, of a network, of what a provider counts and nobody here made, or of what a gateway serves and no caller made. */
export type LeakStatistics = KeyLeak | GroupLeak | NetworkLeak | UnaccountedLeak | UnreportedLeak;

/** From which score on something is a notice, and from which a page; null where it never is one. */
export interface ScoreThresholds {
  readonly notice: number;
  readonly page: number | null;
}

interface AnyLeak {
  readonly since_onset: SinceOnset;
  /** Absent where a provider's report comes too late to say. */
  readonly activity?: Activity;
  readonly expected_once_in_key_days: number;
  /** Scores from which it is told, as they were when it was judged. Absent in findings from before they were kept. */
  readonly thresholds?: ScoreThresholds;
  /** The busiest sources that are new to the key. */
  readonly new_sources: readonly NewSource[];
}

/** Everything that the score of one key at one tick was computed from, rounded to 1e-6. */
export interface KeyFigures {
  /** Index of the window that decided. */
  readonly window: number;
  readonly expert: "newcomer" | "program" | "known_network" | "alone" | "explorer" | "first_days";
  readonly requests: PerWindow;
  readonly spend_micros: PerWindow;
  readonly expected_requests: readonly number[] | null;
  readonly rate_variance: readonly number[] | null;
  readonly spend_variance: readonly number[] | null;
  /** By level, where there was anything novel. */
  readonly novel: Readonly<Partial<Record<NoveltyLevel, NovelFigures>>>;
  readonly unplaced_requests: PerWindow;
  readonly churn: readonly number[];
  readonly spend_per_request: number;
  readonly age_days: number;
  readonly has_addresses: boolean;
  /** Set in the first 48 hours of a key that is compared with others: `compared_with` says whose keys. */
  readonly first_days?: { readonly kind: FirstDays["kind"]; readonly compared_with: PeerKind | null } | null;
  readonly floors: readonly number[] | null;
  readonly current_share: number;
  /** On routes that had never served the key. */
  readonly refused?: {
    readonly requests: PerWindow;
    readonly routes: PerWindow;
    /** To sources in a /16 (IPv6: /32) from which it had never been served. */
    readonly routes_of_unknown_sources: PerWindow;
  };
  readonly rate_residual: readonly number[];
  readonly spend_residual: readonly number[];
  /** Of each window, in decades of key-days; `level` is the level of novelty that spoke loudest. */
  readonly surprises: readonly { readonly level: number | null; readonly [name: string]: number | null }[];
  readonly history_days: number;
  /** How much of the score is held back, since the key lacks past days that its fleet has. */
  readonly held_back?: number;
}

interface NovelFigures {
  readonly requests: readonly number[];
  readonly spend_micros: readonly number[];
  readonly slots: readonly number[];
  readonly additive_share: readonly number[];
}

/** A leak of one key. */
export interface KeyLeak extends AnyLeak, KeyFigures, Blame {
  readonly explanation: string;
  /** How many addresses it blames; null where it blames none. */
  readonly new_addresses: number | null;
  /** Whether some of it came without an address. */
  readonly without_address?: true;
  /** Programs that it blames, the busiest first, where it blames programs. */
  readonly new_clients?: readonly string[];
  /** What else was new to the key in the same minutes, whoever is blamed; absent where nobody is. */
  readonly also_new?: { readonly programs: readonly string[]; readonly routes: readonly string[] };
  /** Where it tells of refusals: on how many routes that had never served the key. */
  readonly refused_routes?: number;
  /** Millionths of a dollar until the next business morning, at the pace of the finding's own span. */
  readonly at_risk_micros: number;
  readonly baseline_day: string | null;
  readonly limit_per_minute: number | null;
}

/** Everything that the score of a group at one tick was computed from, rounded to 1e-6. */
export interface GroupFigures {
  readonly window: number;
  readonly requests: PerWindow;
  readonly expected_requests: readonly number[];
  readonly rate_residual: readonly number[];
  readonly spend_residual: readonly number[];
  readonly history_days: number;
}

/** A rise of a group of keys. */
export interface GroupLeak extends AnyLeak, GroupFigures {
  readonly group: { readonly kind: GroupKind; readonly name: string; readonly members: number };
  readonly keys: readonly KeyUse[];
  /** What came meanwhile from networks that are new to the keys, and is not counted: it is judged key by key. Absent in findings from before it was kept. */
  readonly foreign?: { readonly requests: number; readonly spend_micros: number };
}

/** A network that several keys are used from, and nobody used before. */
export interface NetworkLeak extends AnyLeak {
  readonly network: string;
  readonly keys: readonly KeyUse[];
  readonly blamed_networks: readonly string[];
}

/** Requests that a provider counts and nobody here made. */
export interface UnaccountedLeak extends AnyLeak {
  readonly provider_requests: number;
  readonly recorded_requests: number;
  readonly recorded_by: Exclude<ObservedBy, "provider">;
  readonly usual_ratio: number;
  readonly residual: number;
  readonly history_days: number;
  /** Nobody knows from where: no suppression of networks can say that it is theirs. */
  readonly blamed_networks: null;
}

/** Requests that the gateway served and no caller reports. */
export interface UnreportedLeak extends AnyLeak {
  /** Since the onset, in minutes that every known caller of the key reported; `caller_requests` too. */
  readonly gateway_requests: number;
  readonly caller_requests: number;
  /** Names of their ingest tokens. */
  readonly callers: readonly string[];
  /** Shares of requests that callers miss usually, and at most before it is unusual. */
  readonly usual_missing_share: number;
  readonly most_missing_share: number;
  /** Requests of a usual quarter of an hour. */
  readonly usual_block_requests: number;
  /** A usual key reaches it once in so many quarters of an hour. */
  readonly evidence: number;
  /** The most that the key reached on past days, as key-days. */
  readonly past_evidence_key_days: number;
  readonly history_days: number;
  /** Whoever it is may sit on the owner's host: no suppression of networks can say that it is theirs. */
  readonly blamed_networks: null;
}

/** What one of several keys did. */
export interface KeyUse {
  readonly key_id: string;
  readonly requests: number;
  readonly expected_requests?: number;
  readonly spend_micros?: number;
  readonly score?: number;
}

/** A source that is new to the key. */
export interface NewSource {
  readonly address: string;
  readonly asn: number;
  readonly network_type: NetworkType | "unknown";
  readonly first_seen: string;
  readonly requests: number;
  readonly spend_micros: number;
}
