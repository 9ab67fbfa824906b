/** A request event as it goes to `POST /v1/events`: the names and units of docs/events.md, not yet validated. */
export interface WireEvent {
  /** RFC 3339. */
  readonly ts: string;
  readonly key_id?: string;
  /** The raw key, of which ingest keeps a fingerprint. */
  readonly key?: string;
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
  readonly latency_ms?: number;
  readonly bytes?: number;
  readonly cost_usd?: number | string;
  readonly units?: number;
  readonly count?: number;
  readonly bucket_minutes?: number;
  readonly observed_by?: string;
  readonly tls_fingerprint?: string;
  readonly parent_key_id?: string;
  /** The lasting identity behind a short-lived key: its history counts. */
  readonly principal?: string;
}

/** Why a piece of a log did not become an event. */
export type RejectReason =
  | "not_json"
  | "not_a_record"
  | "not_an_event"
  | "no_access_key_id"
  | "bad_access_key_id"
  | "bad_event_time"
  | "repeated_event"
  | "no_key"
  | "key_redacted"
  | "bad_key_id"
  | "bad_key"
  | "bad_principal"
  | "bad_status"
  | "bad_cost"
  | "bad_units"
  | "not_a_request"
  | "line_too_long"
  | "unknown_format"
  | "digest_file"
  | "insight_event"
  | "control_message"
  | "s3_notification"
  | "zip_archive"
  | "bzip2_file"
  | "zstd_file"
  | "xz_file"
  | "parquet_file"
  | "cut_json"
  | "open_quote"
  | "too_many_cells"
  | "cut_gzip"
  | "damaged_gzip"
  | "unreadable_file";

/** Where in the logs something stood: a file, and the number of the record in it, from 1. */
export interface Provenance {
  readonly file: string;
  readonly record: number;
}

/** By what the records of one request are known. */
export interface SameRequest {
  readonly ids: readonly string[];
  /** A second record of a request that counts only where the first is missing. */
  readonly isEcho: boolean;
  /** Id of the event that this one corrects. */
  readonly replaces?: string;
}

/** What one record of a log became. */
export type ImportedRecord =
  | {
      readonly event: WireEvent;
      readonly same?: SameRequest;
      /** Whose key it is, where the key lasts itself: its principal only with `--key-by principal`. */
      readonly holder?: string;
      readonly from: Provenance;
    }
  | { readonly rejected: RejectReason; readonly from: Provenance };
