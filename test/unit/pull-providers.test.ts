import assert from "node:assert/strict";
import { test } from "node:test";
import { readReport } from "../../src/pipeline/pull/read-report.js";
import { anthropic } from "../../src/pull/anthropic.js";
import type { Puller } from "../../src/pull/define-puller.js";
import { openrouter } from "../../src/pull/openrouter.js";
import { PullProblem } from "../../src/pull/pull-problem.js";
import { Secret } from "../../src/secret.js";
import { runCli } from "../helpers/run-cli.js";
import { serveReports, type AskedReport, type ReportAnswer } from "../helpers/report-server.js";

const [HOUR, DAY] = [3_600_000, 86_400_000];
const FROM = Date.parse("2026-03-02T00:00:00Z");
const at = (ms: number) => new Date(ms).toISOString();

/** Reads one report of a provider, whose answers are given, from the start of a day on. */
async function read(
  puller: Puller,
  name: string,
  to: number,
  answer: (asked: AskedReport) => ReportAnswer,
  credential = "sk-admin-a-credential",
) {
  const server = await serveReports(answer);
  const report = puller.reports.find((one) => one.name === name)!;
  const waits: number[] = [];
  try {
    const request = { origin: server.origin, credential: new Secret(credential), from: FROM, to };
    const reading = { pause: async (ms: number) => void waits.push(ms), patienceMs: 60_000 };
    const buckets = await readReport(report, { ...request, signal: new AbortController().signal }, reading);
    return { buckets, asked: server.asked, waits };
  } finally {
    await server.close();
  }
}

test("Anthropic's usage: all kinds of tokens by key and model, page by page, what has no key left out", async () => {
  const bucket = (from: number, results: unknown[]) => ({ starting_at: at(from), ending_at: at(from + HOUR), results });
  const result = (api_key_id: string | null, output_tokens: number) => ({
    api_key_id,
    model: "claude-sonnet-5",
    uncached_input_tokens: 100,
    cache_read_input_tokens: 20,
    cache_creation: { ephemeral_1h_input_tokens: 3, ephemeral_5m_input_tokens: 4 },
    output_tokens,
    server_tool_use: { web_search_requests: 1 },
  });
  const { buckets, asked } = await read(anthropic, "messages", FROM + 2 * HOUR, ({ url }) => {
    const first = url.searchParams.get("page") === null;
    const results = first ? [result("apikey_1", 50), result("apikey_1", 1), result(null, 7)] : [];
    const data = [bucket(first ? FROM : FROM + HOUR, results)];
    return { body: { data, has_more: first, next_page: first ? "page_2" : null } };
  });
  assert.deepEqual(buckets, [
    {
      from: FROM,
      to: FROM + HOUR,
      keyless: 1,
      uses: [{ keyId: "apikey_1", item: "claude-sonnet-5", requests: 2, unitMillis: 305_000, spendMicros: 0 }],
    },
    { from: FROM + HOUR, to: FROM + 2 * HOUR, keyless: 0, uses: [] },
  ]);
  assert.equal(asked[0]?.headers["x-api-key"], "sk-admin-a-credential");
  assert.equal(asked[0]?.headers["anthropic-version"], "2023-06-01");
  assert.equal(
    asked[0]?.url.pathname + decodeURIComponent(asked[0]?.url.search ?? ""),
    `/v1/organizations/usage_report/messages?starting_at=${at(FROM)}&ending_at=${at(FROM + 2 * HOUR)}&bucket_width=1h&limit=168&group_by[]=api_key_id&group_by[]=model`,
  );
  assert.equal(asked[1]?.url.searchParams.get("page"), "page_2");
});

test("Anthropic's costs: cents as text by key, and a day without a row is a day without costs", async () => {
  const { buckets, asked } = await read(anthropic, "costs", FROM + 2 * DAY, () => ({
    body: {
      data: [
        {
          starting_at: at(FROM + DAY),
          ending_at: at(FROM + 2 * DAY),
          group: { api_key_id: "apikey_1", model: "claude-sonnet-5" },
          cost: { amount: "123.45", currency: "USD", list_amount: "150" },
        },
      ],
      has_more: false,
      next_page: null,
    },
  }));
  assert.deepEqual(
    buckets.map(({ from, uses }) => [from, uses.map(({ spendMicros }) => spendMicros)]),
    [
      [FROM, []],
      [FROM + DAY, [1_234_500]],
    ],
  );
  assert.equal(asked[0]?.headers["anthropic-beta"], "analytics-usage-cost-2026-08-24");
});

test("OpenRouter's activity: every key that is listed, disabled ones too, by model and day; of a key that is listed no more nothing is told", async () => {
  const hash = (letter: string) => letter.repeat(64);
  const { buckets, asked } = await read(openrouter, "activity", FROM + 2 * DAY, ({ url }) => {
    if (url.pathname === "/api/v1/keys") {
      const rest = [hash("a"), hash("b")].slice(Number(url.searchParams.get("offset")));
      return { body: { data: rest.slice(0, 1).map((one) => ({ hash: one, name: "n", disabled: false })) } };
    }
    const row = { date: "2026-03-02", model: "openai/gpt-4.1", usage: 0.5, byok_usage_inference: 0.25, requests: 5 };
    const tokens = { prompt_tokens: 50, completion_tokens: 125, reasoning_tokens: 25 };
    const isFirst = url.searchParams.get("api_key_hash") === hash("a");
    return {
      body: {
        data: isFirst
          ? [
              { ...row, ...tokens, provider_name: "A" },
              { ...row, ...tokens, provider_name: "B" },
            ]
          : [],
      },
    };
  });
  assert.deepEqual(buckets, [
    {
      from: FROM,
      to: FROM + DAY,
      keyless: 0,
      askedFor: [hash("a"), hash("b")],
      uses: [{ keyId: hash("a"), item: "openai/gpt-4.1", requests: 10, unitMillis: 350_000, spendMicros: 1_500_000 }],
    },
    { from: FROM + DAY, to: FROM + 2 * DAY, keyless: 0, askedFor: [hash("a"), hash("b")], uses: [] },
  ]);
  assert.ok(asked.every(({ headers }) => headers.authorization === "Bearer sk-admin-a-credential"));
});

test("a provider that asks for patience gets it, up to what a run has; one that answers something else is named, and no credential", async () => {
  let answers = 0;
  const empty = { body: { data: [], has_more: false, next_page: null } };
  const throttle = (retryAfter: string) => ({ status: 429, headers: { "retry-after": retryAfter }, body: {} });
  const { waits } = await read(anthropic, "messages", FROM + HOUR, () => ((answers += 1) <= 2 ? throttle("3") : empty));
  assert.ok(waits.length === 2 && waits.every((ms) => ms >= 3000 && ms < 3100), waits.join());
  const inAMoment = () => throttle(new Date(Date.now() + 30_000).toUTCString());
  answers = 0;
  const dated = await read(anthropic, "messages", FROM + HOUR, () => ((answers += 1) === 1 ? inAMoment() : empty));
  assert.ok(dated.waits[0]! > 25_000, dated.waits.join());
  await assert.rejects(
    read(anthropic, "messages", FROM + HOUR, () => throttle("3600")),
    (error: Error) => error instanceof PullProblem && /answered 429/.test(error.message),
  );
  const tell = (answer: ReportAnswer) =>
    read(anthropic, "messages", FROM + HOUR, () => answer, "sk-ant-admin01-secret");
  for (const [answer, expected] of [
    [{ status: 401, body: { error: "invalid x-api-key sk-ant-admin01-secret" } }, /refuses the credential \(401\)/],
    [{ status: 400, body: { error: "bad starting_at" } }, /answered 400: .*bad starting_at/],
    [
      { body: { data: [{ results: "none" }], has_more: false } },
      /something else than documented: data\.0\.starting_at/,
    ],
    [{ status: 302, headers: { location: "https://elsewhere.example/" }, body: {} }, /does not answer/],
  ] as const)
    await assert.rejects(tell(answer), (error: Error) => {
      assert.match(error.message, expected);
      return !error.message.includes("sk-ant-admin01-secret") && error instanceof PullProblem;
    });
  const loop = { body: { data: [], has_more: true, next_page: "again" } };
  await assert.rejects(tell(loop), /was read already/);
});

test("pull without a credential is wrong usage, and names the setting; one of a provider that there is not, the providers that there are", async () => {
  const without = await runCli(["pull", "openrouter", "--dry-run"], {});
  assert.equal(without.code, 2);
  assert.match(without.stderr, /no credential for openrouter: set PLIMSOLL_OPENROUTER_MANAGEMENT_KEY_FILE/);
  const unknown = await runCli(["pull", "stripe"], {});
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /use one of openai, anthropic, openrouter, aws, github/);
});
