import type { Fields } from "../cloudtrail-names.js";
import type { LogFormat } from "../record/log-format.js";
import { mostAre } from "../record/log-sample.js";
import { sumOf } from "../record/log-values.js";
import { eventOfUsage, usagesIn } from "./usage-buckets.js";

/**
 * OpenAI's usage API (`/v1/organization/usage/…`), pages or buckets, asked with `group_by` `api_key_id` and `model`.
 *
 * | event | bucket and result |
 * | --- | --- |
 * | ts | `end_time` - 1 ms; `bucket_minutes` is its width |
 * | key_id | `api_key_id` |
 * | id | `start_time`, key and model: the same bucket again replaces the former |
 * | route, scope | `model`, so that a price by route is a price by model |
 * | count, units | `num_model_requests`, `input_tokens` + `output_tokens` |
 * | service, observed_by | openai, provider |
 */
export const openai: LogFormat = {
  name: "openai",
  records: "json",
  looksLike: ({ values }) =>
    mostAre(values.flatMap(bucketsOf), (bucket) => bucket["object"] === "bucket" && "start_time" in bucket)
      ? "JSON buckets with start_time and results"
      : null,
  unwrap: usagesIn,
  parse: (record, options) => eventOfUsage(record, NAMES, options),
};

const NAMES = {
  provider: "openai",
  start: "start_time",
  end: "end_time",
  // What was cached is part of the input.
  tokensOf: (result: Fields) => sumOf([result["input_tokens"], result["output_tokens"]]),
  requests: "num_model_requests",
};

/** The buckets of a page, or the value itself. */
export function bucketsOf(value: Fields): readonly Fields[] {
  return Array.isArray(value["data"])
    ? (value["data"] as Fields[]).filter((one) => typeof one === "object" && one !== null)
    : [value];
}
