import { EVENT_CAPS } from "./event-limits.js";
import { LONGEST_BUCKET_MINUTES } from "./spread-bucket.js";
import { KEY_ID_CAP, TEXT_CAPS } from "../../text/text-caps.js";

const countText = (count: number) => count.toLocaleString("en-US");

/** Why one event was refused: a stable name, and the field and the fix in a sentence that never repeats what was sent. */
export interface EventRefusal {
  readonly kind: "refused";
  readonly reason: RefusalReason;
  readonly message: string;
}

const MESSAGES = {
  not_json: "the line is not JSON: write one JSON object a line",
  joined_lines:
    "the line holds several objects: write one a line (curl -d takes the ends of lines away: use --data-binary)",
  not_utf8: "the line is not UTF-8: encode it as UTF-8",
  event_too_large: "the event is larger than 1 MiB: drop fields that Plimsoll does not use",
  not_an_object: "an event is a JSON object, one a line",
  missing_ts: "ts: missing: give when the request was served, as RFC 3339 or epoch milliseconds",
  bad_ts: "ts: not an RFC 3339 date and time that exists, nor epoch milliseconds",
  ts_too_old: "ts: older than the retention (PLIMSOLL_RAW_DAYS)",
  ts_in_future: "ts: more than 10 minutes in the future: check the sender's clock",
  ts_out_of_range: "ts: must be between 1970-01-01 and 2106-02-07",
  missing_key: "key_id or key: give one of the two",
  two_keys: "key_id and key: give one of the two, not both",
  bad_key_id: `key_id: a string of 1 to ${KEY_ID_CAP} characters without control characters, and not . or ..`,
  looks_like_secret: "key_id: looks like a secret: send it as key, or a public identifier",
  bad_principal: `principal: a public name of at most ${KEY_ID_CAP} characters, without control characters and without a secret`,
  bad_parent_key_id: `parent_key_id: a public name of at most ${KEY_ID_CAP} characters, without control characters and without a secret`,
  bad_key: "key: a string of 8 to 512 characters",
  key_not_accepted: "key: PLIMSOLL_KEY_PEPPER is not set, so it cannot be fingerprinted: send key_id",
  bad_id: `id: a string of 1 to ${TEXT_CAPS.id} characters`,
  bad_source_ip: "source_ip: a string",
  bad_method: "method: a string",
  bad_route: "route: a string",
  bad_status: "status: an integer from 100 to 599, or 0 where there was no answer",
  bad_latency_ms: "latency_ms: a number of milliseconds from 0 to 1e12",
  bad_bytes: `bytes: an integer from 0 to ${countText(EVENT_CAPS.bytes)} (1 TiB), over all of count`,
  bad_cost_usd: `cost_usd: a decimal number or string from 0 to ${countText(EVENT_CAPS.spendMicros / 1e6)} US dollars, over all of count`,
  bad_units: `units: a number from 0 to ${countText(EVENT_CAPS.unitMillis / 1000)}, over all of count`,
  bad_count: `count: an integer from 1 to ${countText(EVENT_CAPS.count)}, or 0 with observed_by caller`,
  bad_bucket_minutes: `bucket_minutes: an integer from 1 to ${LONGEST_BUCKET_MINUTES}, how many minutes before ts this event covers`,
  bad_observed_by: "observed_by: gateway, caller or provider",
  bad_scope: "scope: a string",
  bad_user_agent: "user_agent: a string",
  bad_tls_fingerprint: "tls_fingerprint: a string",
  bad_region: "region: a string",
  bad_service: "service: a string",
} as const;

/** Stable names of refusals, as they stand in answers and metrics. */
export type RefusalReason = keyof typeof MESSAGES;

const REFUSALS = new Map(
  Object.entries(MESSAGES).map(([reason, message]) => [
    reason,
    Object.freeze({ kind: "refused", reason: reason as RefusalReason, message } as const),
  ]),
);

/** The same where a field that probably means it is there: its name is the sender's, may be a secret, and is not repeated. */
const UNDER_OTHER_NAME = {
  missing_ts: otherName("missing_ts", "ts: missing", "send it as ts, RFC 3339 or epoch milliseconds"),
  missing_key: otherName("missing_key", "key_id or key: missing", "send a public id as key_id, a raw key as key"),
} as const;

function otherName(reason: RefusalReason, what: string, fix: string): EventRefusal {
  const message = `${what}, while a field that probably means it is there under another name, which is not read: ${fix}`;
  return Object.freeze({ kind: "refused", reason, message } as const);
}

/** The refusal of an event without what it must have, which it may have under another name. */
export function refuseMissing(reason: keyof typeof UNDER_OTHER_NAME, isUnderOtherName: boolean): EventRefusal {
  return isUnderOtherName ? UNDER_OTHER_NAME[reason] : refuse(reason);
}

/** The refusal of that name. */
export function refuse(reason: RefusalReason): EventRefusal {
  return REFUSALS.get(reason) as EventRefusal;
}
