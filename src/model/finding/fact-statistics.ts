/** Whom a finding blames, all of them, as statistics hold it: how many addresses, and blocks (CIDR) that hold every one; null: they cannot all be named. */
export interface Blame {
  readonly blamed_addresses: number;
  readonly blamed_networks: readonly string[] | null;
}

/** What the statistics of a fixed rule's finding hold: the rule, the others that are told of the same key at that tick, and every figure that was compared. */
export type RuleStatistics = RuleFigures & { readonly rule: string; readonly also: readonly string[] };

/** Every figure that a fixed rule compared. */
export type RuleFigures = LimitShareFigures | SpendFigures | ChangeFigures;

export interface LimitShareFigures {
  readonly requests_by_minute: readonly number[];
  readonly limit_per_minute: number;
}

export interface SpendFigures {
  readonly spend_micros: number;
  readonly bound_micros: number;
}

export interface ChangeFigures {
  readonly requests: number;
  readonly usual_requests: number;
  readonly change_percent: number | null;
  readonly past_weeks: readonly {
    readonly from: string;
    readonly to: string;
    readonly requests: number;
    readonly heard_minutes: number;
    readonly compared: boolean;
  }[];
}

/** Sources as statistics hold them: the busiest with their figures, and all of them as blocks. */
export interface ToldSources extends Blame {
  readonly sources: readonly ToldSource[];
}

/** A source that a matter of fact is told of. */
export interface ToldSource {
  readonly address: string;
  readonly asn: number;
  readonly network_type: string;
  readonly first_seen: string;
  readonly requests: number;
  readonly refused: number;
  readonly spend_micros: number;
}

export interface OutsideAllowedStatistics extends ToldSources {
  readonly requests: number;
  readonly spend_micros: number;
  readonly allowed_cidrs: readonly string[];
  readonly last_at: string;
}

export interface RevokedUseStatistics extends ToldSources {
  readonly requests: number;
  readonly refused: number;
  readonly spend_micros: number;
  readonly revoked_at: string;
  readonly last_at: string;
}

export interface StaleCallersStatistics extends ToldSources {
  readonly requests: 0;
  readonly refused: number;
  readonly revoked_at: string;
  readonly callers: readonly { readonly address: string; readonly user_agent: string; readonly service: string }[];
  readonly what_to_do: string;
}

export interface PublicKeyStatistics extends Partial<Blame> {
  readonly reporter: string;
  readonly place: string;
  /** Null where the report does not say. */
  readonly public_since: string | null;
  readonly requests: number;
  readonly refused: number;
  readonly spend_micros: number;
  readonly sources: readonly ToldSource[];
  readonly what_to_do: string;
}

export interface RotationStatistics {
  readonly rotate_by: string;
  readonly age_days: number | null;
  readonly successor: string | null;
  readonly callers_of_a_day: readonly string[];
  readonly what_to_do: string;
}

/** What an audit of permissions and of idle keys found, and what to do about it. */
export type ScopeStatistics = { readonly what_to_do: string } & (
  | { readonly unused: readonly string[]; readonly granted: readonly string[]; readonly used: readonly string[] }
  | {
      readonly ungranted: readonly { readonly scope: string; readonly requests: number }[];
      readonly granted: readonly string[];
    }
  | {
      readonly added: readonly string[];
      readonly granted_by: string;
      readonly granted_at: string;
      readonly expires_at: string | null;
    }
  | { readonly blast_radius: readonly (ServiceUse & { readonly owner: string })[] }
  | { readonly services: readonly (ServiceUse & { readonly environments: readonly string[] })[] }
  | { readonly days_without_use: number; readonly since: string; readonly networks: readonly string[] }
  | {
      readonly keys: number;
      readonly unused: number;
      readonly ungranted: number;
      readonly widened: number;
      readonly shared: number;
    }
);

interface ServiceUse {
  readonly service: string;
  readonly requests: number;
  readonly addresses: number;
}

/** Of what Plimsoll tells of itself. */
export interface OwnStatistics {
  readonly what_to_do: string;
}
