import { isFields, type Fields } from "../cloudtrail-names.js";
import { buildEvent } from "../record/build-event.js";
import type { ParsedRecord, ParseOptions } from "../record/log-format.js";
import { instantOf } from "../record/log-time.js";
import { fieldsOf, sumOf, textOf } from "../record/log-values.js";

/** What one key used of one model in one bucket of a provider's report. */
class KeyUsage {
  readonly bucket: Fields;
  readonly keyId: string;
  readonly model: string;
  readonly results: Fields[] = [];

  constructor(bucket: Fields, keyId: string, model: string) {
    this.bucket = bucket;
    this.keyId = keyId;
    this.model = model;
  }
}

/** How a provider names the parts of its report. */
export interface UsageNames {
  readonly provider: string;
  readonly start: string;
  readonly end: string;
  readonly tokensOf: (result: Fields) => number | null | undefined;
  /** The field that counts requests, where there is one. */
  readonly requests?: string;
}

/** The usages in a bucket, or in a page of buckets, each key and model once: a bucket may report them by project, tier and batch as well. */
export function* usagesIn(value: unknown): Generator {
  const pages = fieldsOf(value)["data"];
  for (const bucket of Array.isArray(pages) ? (pages as unknown[]) : [value]) {
    const results = fieldsOf(bucket)["results"];
    if (!isFields(bucket) || !Array.isArray(results)) {
      yield bucket;
      continue;
    }
    const usages = new Map<string, KeyUsage>();
    for (const result of results as unknown[]) {
      if (!isFields(result)) {
        yield result;
        continue;
      }
      const [keyId, model] = [textOf(result["api_key_id"]), textOf(result["model"])];
      const name = `${keyId.length} ${keyId}${model}`;
      const usage = usages.get(name) ?? new KeyUsage(bucket, keyId, model);
      usages.set(name, usage);
      usage.results.push(result);
    }
    yield* usages.values();
  }
}

const MINUTE_MS = 60_000;

/**
 * One usage as an event at the bucket's last millisecond, as wide as the bucket. A credit (a negative amount) takes off the same key's usage in the
 * bucket, down to nothing. The same bucket again takes the place of the former: providers correct what they reported.
 */
export function eventOfUsage(record: unknown, names: UsageNames, options: ParseOptions): ParsedRecord {
  if (!(record instanceof KeyUsage)) return { rejected: "not_a_record" };
  const { bucket, keyId, model, results } = record;
  const start = instantOf(bucket[names.start], { ...options, note: () => undefined });
  const end = instantOf(bucket[names.end], options);
  if (start === undefined || end === undefined || end <= start) return { rejected: "bad_event_time" };
  const units = sumOf(results.map(names.tokensOf));
  if (units === undefined || results.some((one) => names.tokensOf(one) === undefined)) return { rejected: "bad_units" };
  const requests = names.requests === undefined ? 1 : sumOf(results.map((one) => one[names.requests!]));
  if (requests === undefined) return { rejected: "bad_units" };
  if ((requests ?? 0) <= 0 && (units ?? 0) <= 0) return { rejected: "not_a_request" };
  const id = `${names.provider}/${Math.floor(start / 1000)}/${keyId}/${model}`;
  return buildEvent(
    {
      time: new Date(end - 1).toISOString(),
      keyId,
      id,
      route: model,
      scope: model,
      service: names.provider,
      units: units === null ? undefined : Math.max(0, units),
      count: Math.max(1, Math.round(requests ?? 1)),
      bucketMinutes: Math.ceil((end - start) / MINUTE_MS),
      observedBy: "provider",
      same: { ids: [], isEcho: false, replaces: id },
    },
    options,
  );
}
