import { z } from "zod";
import { DAY_MS, dayStart, HOUR_MS, MINUTE_MS } from "../time/day.js";
import { askProvider } from "./ask-provider.js";
import { definePuller, type PageRequest, type ReportPage } from "./define-puller.js";
import { PullProblem } from "./pull-problem.js";
import { bucketOf, type ReportedResult } from "./sum-uses.js";

const ORIGIN = "https://openrouter.ai";

/**
 * OpenRouter's activity (`GET /api/v1/activity?api_key_hash=…`) of each key that `GET /api/v1/keys` lists, by the day (UTC), for the last 30 days that have ended.
 * Asked with a management key. A key that was deleted is listed no more: what was reported of it stays.
 *
 * | here | activity |
 * | --- | --- |
 * | bucket | `date` |
 * | keyId | `hash` of the key |
 * | item | `model` |
 * | requests | `requests` |
 * | unitMillis | `prompt_tokens` + `completion_tokens`; `reasoning_tokens` are among the latter |
 * | spendMicros | `usage` + `byok_usage_inference`, US dollars |
 * | next page | the next key; of keys `offset` |
 */
export const openrouter = definePuller({
  name: "openrouter",
  setting: "PLIMSOLL_OPENROUTER_MANAGEMENT_KEY",
  reports: [
    {
      name: "activity",
      origin: ORIGIN,
      bucketMs: DAY_MS,
      settleMs: 10 * MINUTE_MS,
      lookbackMs: 3 * DAY_MS,
      firstMs: 30 * DAY_MS,
      everyMs: HOUR_MS,
      fetchPage,
    },
  ],
});

const KEPT_DAYS = 30;
const MOST_KEYS = 100_000;
const amount = z.number().nonnegative().nullish();
const keysPage = z.object({ data: z.array(z.object({ hash: z.string().min(1) })) });
const activity = z.object({
  data: z.array(
    z.object({
      // With a time after it in some answers.
      date: z.string().regex(/^\d{4}-\d{2}-\d{2}/),
      model: z.string(),
      usage: z.number().nullish(),
      byok_usage_inference: z.number().nullish(),
      requests: amount,
      prompt_tokens: amount,
      completion_tokens: amount,
    }),
  ),
});

/** A page is a key: the cursor has those that are still to be asked for. */
async function fetchPage(request: PageRequest): Promise<ReportPage> {
  const hashes = request.cursor === null ? await listKeys(request) : (JSON.parse(request.cursor) as string[]);
  const [hash, ...rest] = hashes;
  if (hash === undefined) return { buckets: [], next: null };
  const { data } = await ask(request, "/api/v1/activity", { api_key_hash: hash }, activity);
  const days = new Map<number, ReportedResult[]>();
  for (let day = Math.max(request.from, request.to - KEPT_DAYS * DAY_MS); day < request.to; day += DAY_MS)
    days.set(day, []);
  for (const { date, model, ...row } of data)
    days.get(dayStart(date.slice(0, 10)))?.push({
      keyId: hash,
      item: model,
      requests: row.requests ?? 0,
      unitMillis: 1000 * ((row.prompt_tokens ?? 0) + (row.completion_tokens ?? 0)),
      spendMicros: 1e6 * ((row.usage ?? 0) + (row.byok_usage_inference ?? 0)),
    });
  const buckets = [...days].map(([day, results]) => {
    const { from, to, uses, keyless } = bucketOf(day, day + DAY_MS, results);
    return { from, to, uses, keyless, askedFor: [hash] };
  });
  return { buckets, next: rest.length === 0 ? null : JSON.stringify(rest) };
}

async function listKeys(request: PageRequest): Promise<string[]> {
  const hashes = new Set<string>();
  for (let offset = 0; offset < MOST_KEYS;) {
    const asked = { include_disabled: "true", offset: String(offset) };
    const { data } = await ask(request, "/api/v1/keys", asked, keysPage);
    const before = hashes.size;
    for (const { hash } of data) hashes.add(hash);
    if (data.length === 0 || hashes.size === before) return [...hashes];
    offset += data.length;
  }
  throw new PullProblem(`openrouter.ai lists more than ${MOST_KEYS} keys`);
}

async function ask<Shape extends z.ZodType>(
  { origin, credential, signal }: PageRequest,
  path: string,
  asked: Readonly<Record<string, string>>,
  shape: Shape,
): Promise<z.output<Shape>> {
  const url = new URL(path, origin);
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  const headers = { authorization: `Bearer ${credential.reveal()}` };
  return askProvider({ url, headers, secrets: [credential.reveal()] }, shape, signal);
}
