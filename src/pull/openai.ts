import { z } from "zod";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../time/day.js";
import { askProvider } from "./ask-provider.js";
import { definePuller, type PageRequest, type Report, type ReportPage } from "./define-puller.js";
import { bucketOf } from "./sum-uses.js";

const ORIGIN = "https://api.openai.com";

/**
 * OpenAI's usage and costs (`GET /v1/organization/usage/…`, `GET /v1/organization/costs`), asked with an admin key and `group_by` `api_key_id`.
 *
 * | here | usage, by the hour | costs, by the day |
 * | --- | --- | --- |
 * | bucket | `start_time` to `end_time`, epoch seconds | the same |
 * | keyId | `api_key_id` | `api_key_id` |
 * | item | `model` | `line_item` |
 * | requests | `num_model_requests` | |
 * | unitMillis | `input_tokens` + `output_tokens`, `images`, `characters` or `seconds` | |
 * | spendMicros | | `amount.value`, US dollars |
 * | next page | `page` = `next_page`, while `has_more` | the same |
 */
export const openai = definePuller({
  name: "openai",
  setting: "PLIMSOLL_OPENAI_ADMIN_KEY",
  reports: [
    usage("completions"),
    usage("embeddings"),
    usage("moderations"),
    usage("images"),
    usage("audio_speeches"),
    usage("audio_transcriptions"),
    {
      name: "costs",
      origin: ORIGIN,
      bucketMs: DAY_MS,
      settleMs: HOUR_MS,
      // Bills are settled within days.
      lookbackMs: 7 * DAY_MS,
      firstMs: 30 * DAY_MS,
      everyMs: 3 * HOUR_MS,
      fetchPage: async (request) =>
        fetchPage(request, "/v1/organization/costs", { bucket_width: "1d", item: "line_item", limit: 180 }),
    },
  ],
});

function usage(kind: string): Report {
  return {
    name: kind,
    origin: ORIGIN,
    bucketMs: HOUR_MS,
    settleMs: 5 * MINUTE_MS,
    lookbackMs: 3 * DAY_MS,
    firstMs: 30 * DAY_MS,
    everyMs: 0,
    fetchPage: async (request) =>
      // 168 buckets of an hour are the most that it gives at once.
      fetchPage(request, `/v1/organization/usage/${kind}`, { bucket_width: "1h", item: "model", limit: 168 }),
  };
}

const amount = z.number().nonnegative().nullish();
const page = z.object({
  data: z.array(
    z.object({
      start_time: z.number(),
      end_time: z.number(),
      results: z.array(
        z.object({
          api_key_id: z.string().nullish(),
          model: z.string().nullish(),
          line_item: z.string().nullish(),
          num_model_requests: amount,
          input_tokens: amount,
          output_tokens: amount,
          images: amount,
          characters: amount,
          seconds: amount,
          // A credit is negative.
          amount: z.object({ value: z.coerce.number(), currency: z.literal(["usd", "USD"]) }).nullish(),
        }),
      ),
    }),
  ),
  has_more: z.boolean(),
  next_page: z.string().nullish(),
});

async function fetchPage(
  { origin, credential, from, to, cursor, signal }: PageRequest,
  path: string,
  { item, ...asked }: { readonly bucket_width: string; readonly limit: number; readonly item: "model" | "line_item" },
): Promise<ReportPage> {
  const url = new URL(path, origin);
  url.searchParams.set("start_time", String(from / 1000));
  url.searchParams.set("end_time", String(to / 1000));
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, String(value));
  for (const name of ["api_key_id", item]) url.searchParams.append("group_by", name);
  if (cursor !== null) url.searchParams.set("page", cursor);
  const headers = { authorization: `Bearer ${credential.reveal()}` };
  const { data, has_more, next_page } = await askProvider(
    { url, headers, secrets: [credential.reveal()] },
    page,
    signal,
  );
  return {
    buckets: data.map(({ start_time, end_time, results }) =>
      bucketOf(
        start_time * 1000,
        end_time * 1000,
        results.map((result) => ({
          keyId: result.api_key_id,
          item: result[item] ?? "",
          requests: result.num_model_requests ?? 0,
          unitMillis: 1000 * unitsOf(result),
          spendMicros: 1e6 * (result.amount?.value ?? 0),
        })),
      ),
    ),
    next: has_more ? (next_page ?? null) : null,
  };
}

/** What is cached is part of the input; a report has one kind of the others. */
function unitsOf(result: z.output<typeof page>["data"][number]["results"][number]): number {
  const { input_tokens, output_tokens, images, characters, seconds } = result;
  return [input_tokens, output_tokens, images, characters, seconds].reduce((sum: number, one) => sum + (one ?? 0), 0);
}
