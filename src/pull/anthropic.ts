import { z } from "zod";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../time/day.js";
import { askProvider } from "./ask-provider.js";
import { definePuller, type PageRequest, type ReportPage } from "./define-puller.js";
import { PullProblem } from "./pull-problem.js";
import { bucketOf, type ReportedResult } from "./sum-uses.js";

const ORIGIN = "https://api.anthropic.com";

/**
 * Anthropic's usage (`GET /v1/organizations/usage_report/messages`), which is there within minutes and counts no requests, and costs (`GET
 * /v1/organizations/analytics/cost`, a beta), which are there within hours and, unlike those of `cost_report`, by key. Asked with an admin key.
 *
 * | here | usage, by the hour | costs, by the day |
 * | --- | --- | --- |
 * | bucket | `starting_at` to `ending_at` | the same, of each row |
 * | keyId | `api_key_id` | `group.api_key_id` |
 * | item | `model` | `group.model` |
 * | requests | 1 where there are tokens | |
 * | unitMillis | all kinds of tokens | |
 * | spendMicros | | `cost.amount`, cents of a US dollar |
 * | next page | `page` = `next_page`, while `has_more` | the same |
 */
export const anthropic = definePuller({
  name: "anthropic",
  setting: "PLIMSOLL_ANTHROPIC_ADMIN_KEY",
  reports: [
    {
      name: "messages",
      origin: ORIGIN,
      bucketMs: HOUR_MS,
      settleMs: 5 * MINUTE_MS,
      lookbackMs: 3 * DAY_MS,
      firstMs: 30 * DAY_MS,
      everyMs: 0,
      fetchPage: fetchUsage,
    },
    {
      name: "costs",
      origin: ORIGIN,
      bucketMs: DAY_MS,
      // Exported in batches, typically within four hours.
      settleMs: 4 * HOUR_MS,
      lookbackMs: 7 * DAY_MS,
      firstMs: 30 * DAY_MS,
      everyMs: 3 * HOUR_MS,
      fetchPage: fetchCosts,
    },
  ],
});

const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const tokens = z.number().nonnegative().nullish();
const more = { has_more: z.boolean(), next_page: z.string().nullish() };

const usagePage = z.object({
  ...more,
  data: z.array(
    z.object({
      starting_at: instant,
      ending_at: instant,
      results: z.array(
        z.object({
          api_key_id: z.string().nullish(),
          model: z.string().nullish(),
          uncached_input_tokens: tokens,
          cache_read_input_tokens: tokens,
          cache_creation: z.object({ ephemeral_1h_input_tokens: tokens, ephemeral_5m_input_tokens: tokens }).nullish(),
          output_tokens: tokens,
        }),
      ),
    }),
  ),
});

const costPage = z.object({
  ...more,
  data: z.array(
    z.object({
      starting_at: instant,
      ending_at: instant,
      group: z.object({ api_key_id: z.string().nullish(), model: z.string().nullish() }),
      // A decimal number as text: "123.45" are $1.23. A credit is negative.
      cost: z.object({ amount: z.coerce.number(), currency: z.literal("USD") }),
    }),
  ),
});

async function fetchUsage(request: PageRequest): Promise<ReportPage> {
  // 168 buckets of an hour are the most that it gives at once.
  const asked = { bucket_width: "1h", limit: "168" };
  const page = await ask(request, "/v1/organizations/usage_report/messages", asked, {}, usagePage);
  const buckets = page.data.map(({ starting_at, ending_at, results }) =>
    bucketOf(
      starting_at,
      ending_at,
      results.map((result): ReportedResult => {
        const created = result.cache_creation;
        const units = [
          result.uncached_input_tokens,
          result.cache_read_input_tokens,
          created?.ephemeral_1h_input_tokens,
          created?.ephemeral_5m_input_tokens,
          result.output_tokens,
        ].reduce((sum: number, one) => sum + (one ?? 0), 0);
        const requests = units > 0 ? 1 : 0;
        return {
          keyId: result.api_key_id,
          item: result.model ?? "",
          requests,
          unitMillis: 1000 * units,
          spendMicros: 0,
        };
      }),
    ),
  );
  return { buckets, next: page.has_more ? (page.next_page ?? null) : null };
}

async function fetchCosts(request: PageRequest): Promise<ReportPage> {
  const beta = { "anthropic-beta": "analytics-usage-cost-2026-08-24" };
  const page = await ask(request, "/v1/organizations/analytics/cost", { time_bucket_width: "1d" }, beta, costPage);
  // A day without costs has no row, and is told all the same.
  const days = new Map<number, ReportedResult[]>();
  for (let day = request.from; day < request.to; day += DAY_MS) days.set(day, []);
  for (const { starting_at, group, cost } of page.data) {
    const results = days.get(starting_at);
    if (results === undefined) throw new PullProblem("api.anthropic.com answered a day that was not asked for");
    const spendMicros = 1e4 * cost.amount;
    results.push({ keyId: group.api_key_id, item: group.model ?? "", requests: 0, unitMillis: 0, spendMicros });
  }
  const buckets = [...days].map(([day, results]) => bucketOf(day, day + DAY_MS, results));
  return { buckets, next: page.has_more ? (page.next_page ?? null) : null };
}

async function ask<Shape extends z.ZodType>(
  { origin, credential, from, to, cursor, signal }: PageRequest,
  path: string,
  asked: Readonly<Record<string, string>>,
  beta: Readonly<Record<string, string>>,
  shape: Shape,
): Promise<z.output<Shape>> {
  const url = new URL(path, origin);
  url.searchParams.set("starting_at", new Date(from).toISOString());
  url.searchParams.set("ending_at", new Date(to).toISOString());
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  for (const name of ["api_key_id", "model"]) url.searchParams.append("group_by[]", name);
  if (cursor !== null) url.searchParams.set("page", cursor);
  const headers = { "x-api-key": credential.reveal(), "anthropic-version": "2023-06-01", ...beta };
  return askProvider({ url, headers, secrets: [credential.reveal()] }, shape, signal);
}
