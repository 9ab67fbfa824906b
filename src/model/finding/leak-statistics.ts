import type { NetworkType } from "../network/network-table.js";

/** What the statistics of a leak's finding hold, as far as this version of the checks wrote it. */
export interface LeakStatistics {
  readonly since_onset?: {
    readonly requests: number;
    readonly expected_requests: number | null;
    readonly spend_micros: number;
    readonly novel_requests: number;
    readonly novel_spend_micros: number;
  };
  readonly network?: string;
  readonly new_sources?: readonly NewSource[];
  /** How many addresses it blames; null where it blames none. */
  readonly new_addresses?: number | null;
  /** Whether some of it came without an address. */
  readonly without_address?: boolean;
  /** Millionths of a dollar until the next business morning, at the pace of the finding's own span. */
  readonly at_risk_micros?: number;
  readonly keys?: readonly { readonly key_id: string; readonly requests: number; readonly spend_micros?: number }[];
  readonly spend_per_request?: number;
  readonly expected_once_in_key_days?: number;
  readonly explanation?: string;
  readonly baseline_day?: string | null;
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
