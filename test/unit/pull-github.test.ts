import assert from "node:assert/strict";
import { test } from "node:test";
import { readReport } from "../../src/pipeline/pull/read-report.js";
import { github } from "../../src/pull/github.js";
import { PullProblem } from "../../src/pull/pull-problem.js";
import { readConfig } from "../../src/config.js";
import { Secret } from "../../src/secret.js";
import { serveReports, type AskedReport, type ReportAnswer } from "../helpers/report-server.js";

const HOUR = 3_600_000;
const FROM = Date.parse("2026-03-02T00:00:00Z");
const TOKEN = "github_pat_11AAAAAAA0example";
const API = "/orgs/acme/insights/api";

/** Reads API Insights of two hours. */
async function read(answer: (asked: AskedReport) => ReportAnswer) {
  const server = await serveReports(answer);
  try {
    const credential = new Secret(`acme:${TOKEN}`);
    const request = { origin: server.origin, credential, from: FROM, to: FROM + 2 * HOUR };
    const reading = { pause: async () => undefined, patienceMs: 60_000 };
    const signal = new AbortController().signal;
    return { buckets: await readReport(github.reports[0]!, { ...request, signal }, reading), asked: server.asked };
  } finally {
    await server.close();
  }
}

const subject = (type: string, id: number) => ({ subject_type: type, subject_id: id, total_request_count: 9 });
const at = (hour: number, requests: number) => ({
  timestamp: `2026-03-02T0${hour}:00:00Z`,
  total_request_count: requests,
  rate_limited_request_count: 0,
});

test("GitHub's API Insights: every installation and every token of every user, page by page, each once, by the hour", async () => {
  const users = Array.from({ length: 100 }, (_, index) => subject("user", index + 1));
  const { buckets, asked } = await read(({ url }) => {
    const path = url.pathname.slice(API.length);
    if (path === "/subject-stats")
      return { body: url.searchParams.get("page") === "1" ? users : [subject("installation", 7), subject("team", 3)] };
    if (path === "/user-stats/5")
      return {
        body: [
          { actor_type: "fine_grained_pat", actor_id: 12, actor_name: "deploy" },
          { actor_type: "oauth_app", actor_id: 13 },
        ],
      };
    if (path.startsWith("/user-stats/")) return { body: [{ actor_type: "oauth_app", actor_id: 13 }] };
    if (path === "/time-stats/fine_grained_pat/12") return { body: [at(0, 4), at(1, 0), at(2, 50)] };
    return { body: [at(1, 2)] };
  });
  const use = (keyId: string, requests: number) => ({ keyId, item: "rest", requests, unitMillis: 0, spendMicros: 0 });
  const [first, second] = buckets;
  assert.deepEqual([first?.from, first?.uses], [FROM, [use("fine_grained_pat/12", 4)]]);
  assert.deepEqual(
    second?.uses.toSorted((one, other) => (one.keyId < other.keyId ? -1 : 1)),
    [use("installation/7", 2), use("oauth_app/13", 2)],
  );
  assert.deepEqual(first?.askedFor?.toSorted(), ["fine_grained_pat/12", "installation/7", "oauth_app/13"]);
  assert.ok(asked.every(({ headers }) => headers.authorization === `Bearer ${TOKEN}`));
  assert.equal(asked[0]?.url.searchParams.get("min_timestamp"), "2026-03-02T00:00:00Z");
  assert.equal(asked[0]?.url.searchParams.get("max_timestamp"), "2026-03-02T02:00:00Z");
});

test("an organisation without Enterprise Cloud is named by what GitHub says, a wrong credential by its form, and no token", async () => {
  const echo = { status: 404, body: { message: `Not Found for ${TOKEN}` } };
  await assert.rejects(
    read(() => echo),
    (error: PullProblem) => error instanceof PullProblem && /404.*Not Found for \[credential\]/.test(error.message),
  );
  assert.throws(
    () => readConfig({ PLIMSOLL_GITHUB_INSIGHTS_TOKEN: TOKEN }),
    (error: Error) => /must be <organisation>:<token>/.test(error.message) && !error.message.includes(TOKEN),
  );
});
