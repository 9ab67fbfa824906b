import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { displayOf, fingerprintOf, pepperOf } from "../../src/model/key/key-fingerprint.js";
import { drawCanaries } from "../helpers/canaries.js";
import { canaryLines, refusedChanges, refusedRequests } from "../helpers/canary-requests.js";
import { findInFiles, findInTables, findInText } from "../helpers/find-traces.js";
import { keyVersion } from "../helpers/key-version.js";
import { until } from "../helpers/until.js";
import { startWholePlimsoll } from "../helpers/whole-plimsoll.js";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
const LEAK_MINUTES = 40;
const CONTROL = "control-key-id-that-is-everywhere";

test("a raw key that was sent, wherever it stood, is found in no file, table, queue, log, page or answer", async (t) => {
  const plimsoll = await startWholePlimsoll(t, { ownClickHouse: true, env: { PLIMSOLL_LOG_LEVEL: "trace" } });
  const { tokens, store, receiver } = plimsoll;
  const canaries = drawCanaries();
  const stolen = canaries.stripe;
  const fingerprints = [fingerprintOf(pepperOf(plimsoll.pepper), stolen)];
  const registered = keyVersion({ keyId: CONTROL, display: displayOf(stolen), fingerprints, limitPerMinute: 100 });
  await store.registry.insertKeys([registered], "keys");
  await plimsoll.startServe();
  const answers: string[] = [];

  const now = Date.now();
  const { accepted, refused } = canaryLines(canaries, now);
  const answer = await plimsoll.post([...accepted, ...refused].join("\n"), { "idempotency-key": canaries.random });
  answers.push(answer.text);
  assert.deepEqual([answer.status, answer.body["accepted"]], [202, accepted.length]);
  assert.equal(answer.body["rejected"], refused.length);
  answers.push((await plimsoll.post(refused.join("\n"))).text);
  answers.push((await plimsoll.post(gzipSync(accepted.join("\n")), { "content-encoding": "gzip" })).text);
  for (const key of Object.values(canaries)) {
    for (const { path, init } of refusedRequests(key, tokens.ingest)) {
      const response = await fetch(plimsoll.url + path, init);
      assert.ok(path.startsWith("/readyz") || response.status >= 400, path.slice(0, 12));
      answers.push(`${JSON.stringify([...response.headers])}\n${await response.text()}`);
    }
    answers.push(await sendGarbage(plimsoll.url, key));
    for (const { path, init } of refusedChanges(key, tokens.admin)) {
      const response = await fetch(plimsoll.url + path, init);
      answers.push(await response.text());
      assert.equal(response.status, 400, path);
    }
  }
  for (const body of historyAndLeak(stolen, canaries.github, now)) {
    const { status, text } = await plimsoll.post(body, { authorization: `Bearer ${tokens.admin}` });
    assert.equal(status, 202, text);
    answers.push(text);
  }

  await plimsoll.startWork();
  await plimsoll.untilRecorded();
  const page = await receiver.next(
    (event) => event.event_action === "trigger" && event.payload?.source === CONTROL,
    AbortSignal.timeout(180_000),
  );
  assert.match(JSON.stringify(page), /sk_live_…/);
  assert.match(JSON.stringify(page), /stolen \[secret\]/);
  await until("the page is on file as sent", async () => (await store.page.readOutbox()).length === 0);
  for (const key of Object.values(canaries)) answers.push(await reportLeak(plimsoll.url, tokens.admin, key));
  assert.match(answers.at(-1) ?? "", /"known":(true|false)/);
  const cookie = await signIn(plimsoll.url, tokens.read);
  for (const path of ["/", `/keys/${CONTROL}`, `/incidents/${encodeURIComponent(incidentOf(page))}`]) {
    const response = await fetch(plimsoll.url + path, { headers: { cookie } });
    assert.equal(response.status, 200, path);
    answers.push(await response.text());
  }
  for (const path of ["/metrics", "/readyz", "/healthz"]) answers.push(await (await fetch(plimsoll.url + path)).text());

  // On a busy machine a command to Redis may take too long: it is tried again.
  const faults = plimsoll
    .logs()
    .split("\n")
    .filter((line) => /"level":"(error|fatal)"|schedules could not/.test(line));
  assert.deepEqual(
    faults.filter((line) => !line.includes('"problem":"Command timed out"')),
    [],
  );

  const searched = { ...canaries, ...tokens, pepper: plimsoll.pepper };
  const everywhere = async (secrets: Record<string, string>) => ({
    clickhouse: findInFiles(join(plimsoll.dir, "clickhouse"), secrets),
    tables: await findInTables(plimsoll, secrets),
    redis: findInFiles(join(plimsoll.dir, "redis"), secrets),
    logs: findInText("logs", plimsoll.logs(), secrets),
    pages: findInText("pages", JSON.stringify(receiver.received), secrets),
    answers: findInText("answers", answers.join("\n"), secrets),
  });
  assert.deepEqual(await everywhere(searched), {
    clickhouse: [],
    tables: [],
    redis: [],
    logs: [],
    pages: [],
    answers: [],
  });

  // The search finds what is there.
  const control = await everywhere({
    control: CONTROL,
    log: '"msg":"working"',
    answer: "plimsoll_ingest_batches_total",
  });
  for (const [place, traces] of Object.entries(control)) assert.ok(traces.length > 0, `nothing is found in ${place}`);
});

/** Reports a raw key as found in public; gives back what was answered. */
async function reportLeak(url: string, admin: string, token: string): Promise<string> {
  const headers = { authorization: `Bearer ${admin}`, "content-type": "application/json" };
  const body = JSON.stringify({
    token,
    source: `a blog that shows ${token}`,
    url: `https://example.com/?key=${token}`,
  });
  const response = await fetch(`${url}/v1/leaks`, { method: "POST", headers, body });
  return `${response.status} ${await response.text()}`;
}

/** The session cookie of who may read. */
async function signIn(url: string, token: string): Promise<string> {
  const body = new URLSearchParams({ token });
  const response = await fetch(`${url}/sign-in`, { method: "POST", body, redirect: "manual" });
  assert.equal(response.status, 303);
  return (response.headers.get("set-cookie") ?? "").split(";")[0]!;
}

/** The incident of a notification, by its dedup key. */
function incidentOf({ dedup_key: key = "" }: { readonly dedup_key?: string }): string {
  return key.replace(/^plimsoll\//, "").replace(/\/\d+$/, "");
}

/** Bytes that are no HTTP, with a raw key among them; gives back what was answered. */
async function sendGarbage(url: string, key: string): Promise<string> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  let answer = "";
  socket.setEncoding("utf8").on("data", (text: string) => (answer += text));
  socket.end(`POST /v1/events HTTP/1.1\r\nAuthorization Bearer ${key}\r\n\r\n${key}`);
  await once(socket, "close");
  return answer;
}

/** Nine quiet days of a key, then forty minutes of an attacker, in whose name another raw key stands. */
function* historyAndLeak(key: string, agent: string, now: number): Generator<string> {
  const to = Math.floor(now / MINUTE_MS);
  const lineOf = (minute: number, event: object) =>
    JSON.stringify({ ts: minute * MINUTE_MS + 500, key, route: "/v1/charges", ...event });
  const usual = { source_ip: "198.51.100.7", user_agent: "billing/2.1", count: 5 };
  const attacker = { source_ip: "203.0.113.99", user_agent: `stolen ${agent}`, count: 60 };
  const history = Array.from({ length: (9 * DAY_MINUTES) / 5 }, (_, i) => lineOf(to - 9 * DAY_MINUTES + 5 * i, usual));
  yield history.join("\n");
  yield Array.from({ length: LEAK_MINUTES }, (_, i) => lineOf(to - LEAK_MINUTES + i, attacker)).join("\n");
}
