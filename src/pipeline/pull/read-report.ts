import type { PageRequest, Report, ReportedBucket, ReportedUse, ReportPage } from "../../pull/define-puller.js";
import { PullProblem } from "../../pull/pull-problem.js";

/** How a report is read. */
export interface Reading {
  /** Waits so many ms; throws when the work is to stop. */
  readonly pause: (ms: number) => Promise<void>;
  /** So long (ms) may be waited in all: beyond it the next run goes on. */
  readonly patienceMs: number;
}

const FIRST_WAIT_MS = 1000;
const MOST_WAIT_MS = 60_000;
const MOST_TRIES = 8;
/** A report of a month of hours has five pages; more than these is a cursor that never ends. */
const MOST_PAGES = 10_000;

/** A bucket of which more pages may tell. */
interface BucketSoFar extends Pick<ReportedBucket, "from" | "to"> {
  readonly uses: Map<string, ReportedUse>;
  /** Of uses whose requests are listed one by one. */
  readonly ids: Map<string, Set<string>>;
  keyless: number;
  /** Null: of every key. */
  askedFor: Set<string> | null;
}

/**
 * Reads all pages of a report, and asks again while that may help: after a 429 when the provider says, after a fault of its own with growing pauses.
 * A bucket that comes again counts as it came last, so that a page that is repeated adds nothing.
 * @throws PullProblem when it cannot be read now
 */
export async function readReport(
  report: Report,
  request: Omit<PageRequest, "cursor">,
  { pause, patienceMs }: Reading,
): Promise<readonly ReportedBucket[]> {
  const read = new Map<number, BucketSoFar>();
  const asked = new Set<string | null>();
  let patience = patienceMs;
  const wait = async (problem: PullProblem, tries: number): Promise<void> => {
    const grown = Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1)) * (0.5 + Math.random() / 2);
    const ms = Math.ceil(Math.max(grown, problem.retryAfterMs ?? 0));
    if (!problem.canRetry || tries >= MOST_TRIES || ms > patience) throw problem;
    patience -= ms;
    await pause(ms);
  };
  for (let cursor: string | null = null; asked.size < MOST_PAGES;) {
    if (asked.size > 0 && report.paceMs !== undefined) await pause(report.paceMs);
    const page: ReportPage = await tryPage(() => report.fetchPage({ ...request, cursor }), wait);
    asked.add(cursor);
    for (const { from, to, uses, keyless, askedFor } of page.buckets) {
      const bucket = read.get(from) ?? { from, to, uses: new Map(), ids: new Map(), keyless: 0, askedFor: new Set() };
      read.set(from, bucket);
      bucket.keyless = Math.max(bucket.keyless, keyless);
      if (askedFor === undefined) bucket.askedFor = null;
      else for (const key of askedFor) bucket.askedFor?.add(key);
      for (const use of uses) addUse(bucket, use);
    }
    if (page.next === null) return [...read.values()].map(wholeBucket);
    if (asked.has(page.next))
      throw new PullProblem(`${report.name}: the page after this one is one that was read already`);
    cursor = page.next;
  }
  throw new PullProblem(`${report.name}: more than ${MOST_PAGES} pages`);
}

async function tryPage<Page>(
  fetchPage: () => Promise<Page>,
  wait: (problem: PullProblem, tries: number) => Promise<void>,
): Promise<Page> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await fetchPage();
    } catch (error) {
      if (!(error instanceof PullProblem)) throw error;
      await wait(error, tries);
    }
  }
}

function addUse({ uses, ids }: BucketSoFar, use: ReportedUse): void {
  const name = JSON.stringify([use.keyId, use.item]);
  uses.set(name, use);
  if (use.requestIds === undefined) return;
  const seen = ids.get(name) ?? new Set();
  ids.set(name, seen);
  for (const id of use.requestIds) seen.add(id);
}

function wholeBucket({ from, to, uses, ids, keyless, askedFor }: BucketSoFar): ReportedBucket {
  const counted = [...uses].map(([name, { keyId, item, requests, unitMillis, spendMicros }]) => ({
    keyId,
    item,
    requests: ids.get(name)?.size ?? requests,
    unitMillis,
    spendMicros,
  }));
  const bucket = { from, to, uses: counted, keyless };
  return askedFor === null ? bucket : { ...bucket, askedFor: [...askedFor] };
}
