const REASONS = {
  too_large: { statusCode: 413, message: "the body is too large", retryAfterSeconds: null },
  too_slow: {
    statusCode: 408,
    message: "the body arrived too slowly: at least 1,000 bytes a second are expected",
    retryAfterSeconds: null,
  },
  no_room: {
    statusCode: 429,
    message: "this sender has too many requests in flight: send fewer at a time",
    retryAfterSeconds: 1,
  },
  not_gzip: { statusCode: 400, message: "the body is not gzip", retryAfterSeconds: null },
  cut_gzip: { statusCode: 400, message: "the body's gzip ends early", retryAfterSeconds: null },
  too_many_values: {
    statusCode: 413,
    message: "the body holds too much JSON: at most 1,000,000 values; send it in several",
    retryAfterSeconds: null,
  },
  too_many_records: {
    statusCode: 413,
    message: "records: at most 20,000; lower the buffer size of the Firehose stream",
    retryAfterSeconds: null,
  },
  not_firehose: {
    statusCode: 400,
    message: 'the body is no delivery of Firehose: {"requestId","timestamp","records":[{"data":"<base64>"}]}',
    retryAfterSeconds: null,
  },
  not_base64: { statusCode: 400, message: "records[].data: must be base64", retryAfterSeconds: null },
  not_gzip_record: {
    statusCode: 400,
    message: "records[].data: begins like gzip and cannot be unpacked",
    retryAfterSeconds: null,
  },
  cut_off: { statusCode: 400, message: "the body ended too early", retryAfterSeconds: null },
} as const;

/** Why a body was not read to its end, and how that is answered. */
export class BodyRefused extends Error {
  override readonly name = "BodyRefused";
  readonly reason: keyof typeof REASONS;
  readonly statusCode: number;
  /** Null where sending the same again is of no use. */
  readonly retryAfterSeconds: number | null;

  /** Of a body that is too large, the bytes that one may have are told. */
  constructor(reason: Exclude<keyof typeof REASONS, "too_large">);
  constructor(reason: "too_large", limitBytes: number);
  constructor(reason: keyof typeof REASONS, limitBytes?: number) {
    super(limitBytes === undefined ? REASONS[reason].message : tooLarge(limitBytes));
    this.reason = reason;
    this.statusCode = REASONS[reason].statusCode;
    this.retryAfterSeconds = REASONS[reason].retryAfterSeconds;
  }
}

function tooLarge(limitBytes: number): string {
  const most = limitBytes >= 2 ** 20 ? `${limitBytes / 2 ** 20} MiB` : `${limitBytes / 1024} KiB`;
  return `${REASONS.too_large.message}: at most ${most}, decoded; send it in several`;
}
