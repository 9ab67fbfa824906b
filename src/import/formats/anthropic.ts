import type { Fields } from "../cloudtrail-names.js";
import type { LogFormat } from "../record/log-format.js";
import { mostAre, withFields } from "../record/log-sample.js";
import { fieldsOf, sumOf } from "../record/log-values.js";
import { bucketsOf } from "./openai.js";
import { eventOfUsage, usagesIn } from "./usage-buckets.js";

/**
 * Anthropic's usage report for messages (`/v1/organizations/usage_report/messages`), pages or buckets, asked with `group_by[]` `api_key_id` and
 * `model`. It counts no requests: each usage is one.
 *
 * | event | bucket and result |
 * | --- | --- |
 * | ts | `ending_at` - 1 ms; `bucket_minutes` is its width |
 * | key_id | `api_key_id` |
 * | id | `starting_at`, key and model: the same bucket again replaces the former |
 * | route, scope | `model`, so that a price by route is a price by model |
 * | units | all kinds of tokens |
 * | service, observed_by | anthropic, provider |
 */
export const anthropic: LogFormat = {
  name: "anthropic",
  records: "json",
  looksLike: ({ values }) =>
    mostAre(values.flatMap(bucketsOf), withFields("starting_at", "ending_at", "results"))
      ? "JSON buckets with starting_at, ending_at and results"
      : null,
  unwrap: usagesIn,
  parse: (record, options) => eventOfUsage(record, NAMES, options),
};

const NAMES = { provider: "anthropic", start: "starting_at", end: "ending_at", tokensOf };

function tokensOf(result: Fields): number | null | undefined {
  const created = fieldsOf(result["cache_creation"]);
  return sumOf([
    result["uncached_input_tokens"],
    result["cache_read_input_tokens"],
    created["ephemeral_1h_input_tokens"],
    created["ephemeral_5m_input_tokens"],
    result["output_tokens"],
  ]);
}
