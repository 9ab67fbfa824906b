/** A request event as it goes to `POST /v1/events`: the contract's names and units, not yet validated. */
export interface WireEvent {
  /** RFC 3339. */
  readonly ts: string;
  readonly key_id: string;
  readonly id?: string;
  /** As the log gave it; ingest stores what is not an address as none, and counts it. */
  readonly source_ip?: string;
  readonly method?: string;
  readonly route?: string;
  readonly status?: number;
  readonly scope?: string;
  readonly user_agent?: string;
  readonly region?: string;
  readonly service?: string;
}

/** Why a piece of a log did not become an event. */
export type RejectReason =
  | "not_json"
  | "not_a_record"
  | "no_access_key_id"
  | "bad_access_key_id"
  | "bad_event_time"
  | "repeated_event"
  | "unreadable_file";

/** Where in the logs something stood: a file, and the number of the record in it, from 1. */
export interface Provenance {
  readonly file: string;
  readonly record: number;
}

/** What one record of a log became. */
export type ImportedRecord =
  | { readonly event: WireEvent; readonly from: Provenance }
  | { readonly rejected: RejectReason; readonly from: Provenance };
