import { z } from "zod";
import { DAY_MS, dayOf, dayStart, HOUR_MS, MINUTE_MS } from "../time/day.js";
import { askAws } from "./ask-aws.js";
import { definePuller, type PageRequest, type Puller, type Report, type ReportPage } from "./define-puller.js";
import { PullProblem } from "./pull-problem.js";
import { bucketOf, type ReportedResult } from "./sum-uses.js";

/**
 * AWS: the account's management events (CloudTrail `LookupEvents`) of each region, and its costs (Cost Explorer `GetCostAndUsage`), which are of accounts: no report
 * of AWS has the cost of a key.
 *
 * | here | events, by the hour | costs, by the day |
 * | --- | --- | --- |
 * | bucket | `EventTime`, epoch seconds | `TimePeriod` |
 * | keyId | `AccessKeyId`; of a temporary one the role's ARN | `aws-account-` and the account, `Keys[0]` |
 * | item | `EventSource` without `.amazonaws.com`, and `EventName` | the service, `Keys[1]` |
 * | requests | `EventId`, each once; not what ended with an `errorCode` | |
 * | spendMicros | | `UnblendedCost.Amount`, US dollars |
 * | next page | `NextToken` | `NextPageToken` |
 */
export function awsPuller(regions: readonly string[]): Puller {
  return definePuller({
    name: "aws",
    setting: "PLIMSOLL_AWS_ACCESS_KEY",
    reports: [
      ...regions.map(eventsOf),
      {
        name: "costs",
        origin: "https://ce.us-east-1.amazonaws.com",
        bucketMs: DAY_MS,
        settleMs: HOUR_MS,
        lookbackMs: 7 * DAY_MS,
        firstMs: 30 * DAY_MS,
        // Each request costs a cent, and the costs change three times a day at most.
        everyMs: 12 * HOUR_MS,
        fetchPage: fetchCosts,
      },
    ],
  });
}

function eventsOf(region: string): Report {
  return {
    name: `events-${region}`,
    origin: `https://cloudtrail.${region}.amazonaws.com`,
    bucketMs: HOUR_MS,
    // Events come within a quarter of an hour.
    settleMs: 20 * MINUTE_MS,
    lookbackMs: 2 * HOUR_MS,
    firstMs: DAY_MS,
    everyMs: 0,
    // Two requests a second are allowed to an account and region.
    paceMs: 600,
    fetchPage: async (request) => fetchEvents(request, region),
  };
}

const eventsPage = z.object({
  Events: z.array(
    z.object({
      EventId: z.string().min(1),
      EventName: z.string(),
      EventSource: z.string().nullish(),
      EventTime: z.number(),
      AccessKeyId: z.string().nullish(),
      CloudTrailEvent: z.string().nullish(),
    }),
  ),
  NextToken: z.string().nullish(),
});

/** What is read of an event's own record. */
const record = z.object({
  errorCode: z.string().nullish(),
  userIdentity: z
    .object({
      arn: z.string().nullish(),
      sessionContext: z.object({ sessionIssuer: z.object({ arn: z.string().nullish() }).nullish() }).nullish(),
    })
    .nullish(),
});

async function fetchEvents(
  { origin, credential, from, to, cursor, signal }: PageRequest,
  region: string,
): Promise<ReportPage> {
  // Both ends count, and an event's time is a whole second.
  const span = { StartTime: from / 1000, EndTime: to / 1000 - 1, MaxResults: 50 };
  const page = await askAws(
    {
      origin,
      service: "cloudtrail",
      region,
      target: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents",
      body: cursor === null ? span : { ...span, NextToken: cursor },
      credential,
    },
    eventsPage,
    signal,
  );
  const hours = new Map<number, ReportedResult[]>();
  for (let hour = from; hour < to; hour += HOUR_MS) hours.set(hour, []);
  for (const event of page.Events) {
    const { errorCode, userIdentity } = recordOf(event.CloudTrailEvent);
    if (errorCode !== null && errorCode !== undefined) continue;
    const role = userIdentity?.sessionContext?.sessionIssuer?.arn ?? userIdentity?.arn;
    hours.get(Math.floor((event.EventTime * 1000) / HOUR_MS) * HOUR_MS)?.push({
      // A temporary key is another each hour: what lasts is the role.
      keyId: event.AccessKeyId?.startsWith("ASIA") === true ? (role ?? event.AccessKeyId) : event.AccessKeyId,
      item: `${(event.EventSource ?? "").replace(/\.amazonaws\.com$/, "")}:${event.EventName}`,
      requests: 1,
      unitMillis: 0,
      spendMicros: 0,
      requestIds: [event.EventId],
    });
  }
  return {
    buckets: [...hours].map(([hour, all]) => bucketOf(hour, hour + HOUR_MS, all)),
    next: page.NextToken ?? null,
  };
}

function recordOf(text: string | null | undefined): z.output<typeof record> {
  try {
    return record.parse(JSON.parse(text ?? "{}"));
  } catch {
    throw new PullProblem("an event of CloudTrail has a record that cannot be read");
  }
}

const costPage = z.object({
  ResultsByTime: z.array(
    z.object({
      TimePeriod: z.object({ Start: z.string().regex(/^\d{4}-\d{2}-\d{2}/) }),
      Groups: z.array(
        z.object({
          Keys: z.array(z.string()),
          Metrics: z.object({ UnblendedCost: z.object({ Amount: z.coerce.number(), Unit: z.literal("USD") }) }),
        }),
      ),
    }),
  ),
  NextPageToken: z.string().nullish(),
});

async function fetchCosts({ origin, credential, from, to, cursor, signal }: PageRequest): Promise<ReportPage> {
  const question = {
    TimePeriod: { Start: dayOf(from), End: dayOf(to) },
    Granularity: "DAILY",
    Metrics: ["UnblendedCost"],
    GroupBy: ["LINKED_ACCOUNT", "SERVICE"].map((Key) => ({ Type: "DIMENSION", Key })),
  };
  const page = await askAws(
    {
      origin,
      service: "ce",
      region: "us-east-1",
      target: "AWSInsightsIndexService.GetCostAndUsage",
      body: cursor === null ? question : { ...question, NextPageToken: cursor },
      credential,
    },
    costPage,
    signal,
  );
  const buckets = page.ResultsByTime.map(({ TimePeriod, Groups }) => {
    const day = dayStart(TimePeriod.Start.slice(0, 10));
    const results = Groups.map(({ Keys: [account, service = ""], Metrics }): ReportedResult => ({
      keyId: account === undefined ? null : `aws-account-${account}`,
      item: service,
      requests: 0,
      unitMillis: 0,
      spendMicros: 1e6 * Metrics.UnblendedCost.Amount,
    }));
    return bucketOf(day, day + DAY_MS, results);
  });
  return { buckets, next: page.NextPageToken ?? null };
}
