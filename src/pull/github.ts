import { z } from "zod";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../time/day.js";
import { askProvider } from "./ask-provider.js";
import { definePuller, type PageRequest, type ReportPage } from "./define-puller.js";
import { PullProblem } from "./pull-problem.js";
import { bucketOf, type ReportedResult } from "./sum-uses.js";

/**
 * GitHub's API Insights of an organisation on Enterprise Cloud (`GET /orgs/{org}/insights/api/…`): requests to the REST API of each token, by the hour. Asked with
 * `<organisation>:<token>`. It names no address, and counts neither search nor the tokens of workflows nor GraphQL.
 *
 * | here | API Insights |
 * | --- | --- |
 * | who is asked for | `subject-stats`; of a user each `actor` of `user-stats/{user_id}` |
 * | bucket, requests | `time-stats/{actor_type}/{actor_id}` with `timestamp_increment=1h`: `timestamp`, `total_request_count` |
 * | keyId | `<actor_type>/<actor_id>`, as `fine_grained_pat/1234` |
 * | item | `rest`: by route there is only a whole span |
 * | next page | the next token; of lists `page` |
 */
export const github = definePuller({
  name: "github",
  setting: "PLIMSOLL_GITHUB_INSIGHTS_TOKEN",
  reports: [
    {
      name: "api-insights",
      origin: "https://api.github.com",
      bucketMs: HOUR_MS,
      settleMs: 20 * MINUTE_MS,
      lookbackMs: 3 * HOUR_MS,
      firstMs: 30 * DAY_MS,
      everyMs: HOUR_MS,
      // 5,000 requests an hour are allowed, and others need some of them.
      paceMs: 250,
      fetchPage,
    },
  ],
});

const PER_PAGE = 100;
const MOST_PAGES = 100;
const id = z.number().int().nonnegative();
const count = z.number().int().nonnegative();
const subjects = z.array(z.object({ subject_type: z.string(), subject_id: id }));
const actors = z.array(z.object({ actor_type: z.string().regex(/^[a-z_]{1,64}$/), actor_id: id }));
const times = z.array(z.object({ timestamp: z.iso.datetime(), total_request_count: count }));

/** A page is a token: the cursor has those that are still to be asked for. */
async function fetchPage(request: PageRequest): Promise<ReportPage> {
  const keyIds = request.cursor === null ? await listTokens(request) : (JSON.parse(request.cursor) as string[]);
  const [keyId, ...rest] = keyIds;
  if (keyId === undefined) return { buckets: [], next: null };
  const hours = new Map<number, ReportedResult[]>();
  for (let hour = request.from; hour < request.to; hour += HOUR_MS) hours.set(hour, []);
  for (const { timestamp, total_request_count: requests } of await ask(
    request,
    `time-stats/${keyId}`,
    { timestamp_increment: "1h" },
    times,
  )) {
    const hour = Math.floor(Date.parse(timestamp) / HOUR_MS) * HOUR_MS;
    if (requests > 0) hours.get(hour)?.push({ keyId, item: "rest", requests, unitMillis: 0, spendMicros: 0 });
  }
  const buckets = [...hours].map(([hour, results]) => {
    const { from, to, uses, keyless } = bucketOf(hour, hour + HOUR_MS, results);
    return { from, to, uses, keyless, askedFor: [keyId] };
  });
  return { buckets, next: rest.length === 0 ? null : JSON.stringify(rest) };
}

/** Who used the API in the span: the installations of apps, and the tokens of users. */
async function listTokens(request: PageRequest): Promise<string[]> {
  const found = new Set<string>();
  for (const { subject_type: type, subject_id: subject } of await askAll(request, "subject-stats", subjects)) {
    if (type === "installation") found.add(`installation/${subject}`);
    else if (type === "user") {
      for (const { actor_type: kind, actor_id: actor } of await askAll(request, `user-stats/${subject}`, actors))
        found.add(`${kind}/${actor}`);
    }
  }
  return [...found];
}

async function askAll<Item extends z.ZodType>(request: PageRequest, path: string, shape: z.ZodArray<Item>) {
  const all: z.output<Item>[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const some = await ask(request, path, { per_page: String(PER_PAGE), page: String(page) }, shape);
    all.push(...some);
    if (some.length < PER_PAGE) return all;
  }
  throw new PullProblem(`api.github.com lists more than ${MOST_PAGES * PER_PAGE} of ${path}`);
}

async function ask<Shape extends z.ZodType>(
  { origin, credential, from, to, signal }: PageRequest,
  path: string,
  asked: Readonly<Record<string, string>>,
  shape: Shape,
): Promise<z.output<Shape>> {
  const [organisation = "", token = ""] = credential.reveal().split(":", 2);
  const url = new URL(`/orgs/${encodeURIComponent(organisation)}/insights/api/${path}`, origin);
  const span = { min_timestamp: secondsOf(from), max_timestamp: secondsOf(to) };
  for (const [name, value] of Object.entries({ ...span, ...asked })) url.searchParams.set(name, value);
  const headers = {
    accept: "application/vnd.github+json",
    authorization: `Bearer ${token}`,
    "x-github-api-version": "2022-11-28",
    // Without one GitHub answers nobody.
    "user-agent": "plimsoll",
  };
  return askProvider({ url, headers, secrets: [token] }, shape, signal);
}

const secondsOf = (at: number) => new Date(at).toISOString().replace(".000Z", "Z");
