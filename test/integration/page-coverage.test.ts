import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pino } from "pino";
import { askReadiness } from "../../src/http/readiness.js";
import { openLog } from "../../src/log.js";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { Secret } from "../../src/secret.js";
import { openRedis } from "../../src/store/redis/redis.js";
import { openStore } from "../../src/store/store.js";
import { openClock } from "../../src/time/clock.js";
import { finding, HOUR, MINUTE, unknownSourcesLeak } from "../helpers/incident-parts.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";
import { observeStore } from "../helpers/observe-store.js";
import { openPages, type OpenPages } from "../helpers/open-pages.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";
import { testServices } from "../helpers/services.js";
import { soundWatch } from "../helpers/sound-watch.js";

const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;
let story = undefined as unknown as OutboxStory;
let [server, withoutRedis] = [] as unknown as [OpenPages, OpenPages];

before(async () => {
  story = await openOutboxStory();
  [server, withoutRedis] = await Promise.all([
    openPages({ advance: story.advanceDeps, pager: story.pager }),
    openPages({
      advance: story.advanceDeps,
      redisAnswers: () => {
        throw new Error("away");
      },
    }),
  ]);
});
after(async () => {
  await Promise.all([server.close(), withoutRedis.close()]);
  await story.close();
});

const read = async (of: OpenPages) => {
  const text = await (await fetch(`${of.url}/coverage`, { headers: { cookie: of.cookie } })).text();
  // Words as people read them, tag by tag.
  return text.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
};
const minuteText = (at: number) => new Date(at).toISOString().slice(0, 16).replace("T", " ");
const run = (tick: number, outcome: "evaluated" | "not_evaluated", asOf = tick + 45_000) =>
  ({
    job: "check-keys",
    tick,
    asOf,
    reason: "live",
    outcome,
    detail: outcome === "evaluated" ? "" : "no events received",
    events: 0,
    version: 0,
    keys: 1,
    findings: 0,
    baselineDay: null,
    durationMs: 5,
  }) as const;

test("coverage names each span that was never evaluated and why, each source with its lag, what waits, and pages that were refused", async () => {
  assert.match(await read(server), /Checked until no check yet .* Not evaluated in 7 days: none/);
  const start = NOW - 3 * HOUR;
  const minutes = (from: number, count: number) => Array.from({ length: count }, (_, i) => start + (from + i) * MINUTE);
  await story.store.check.insertCheckRuns([
    ...minutes(1, 5).map((tick) => run(tick, "evaluated")),
    ...minutes(6, 10).map((tick) => run(tick, "not_evaluated")),
    ...minutes(16, 4).map((tick) => run(tick, "evaluated")),
    ...minutes(20, 3).map((tick) => run(tick, "not_evaluated")),
  ]);
  // Rows that came later let three of the ten be evaluated after all.
  await story.store.check.insertCheckRuns(minutes(6, 3).map((tick) => run(tick, "evaluated", NOW)));
  await insertEvents(story.store, perMinute("k/1", NOW - 40 * MINUTE, Array<number>(30).fill(2)));
  // Of these the gateway wrote a proxy's name where the address belongs.
  await insertEvents(story.store, perMinute("k/1", NOW - 40 * MINUTE, Array<number>(10).fill(2), {}, ""));
  await story.find([unknownSourcesLeak("k/1", "203.0.113.9", NOW)]);
  story.receiver.answerNext("bad-request");
  await story.deliver();
  const text = await read(server);
  assert.match(text, /Not evaluated in 7 days: 10 minutes/);
  const span = (from: number, until: number) =>
    `${minuteText(start + from * MINUTE)} ${minuteText(start + until * MINUTE)} ${until - from} no events received`;
  assert.ok(text.includes(`${span(19, 22)} ${span(8, 15)}`), text);
  assert.match(text, /error Pages cannot be delivered: 1 refused or abandoned in the last day/);
  assert.match(text, /Checked until .{16}\s*, 3 h behind/);
  assert.match(text, new RegExp(`test ${minuteText(NOW - 10 * MINUTE)} (10|11|12) min `));
  assert.match(text, /Events without a usable source address in 24 hours .* test 40 10 25\.0 %/);
  assert.doesNotMatch(text, /Networks cannot be judged/);
  assert.match(text, /12,345 in 2 sealed blocks/);
  assert.match(text, /5 MB used of 64 MB/);
  assert.match(text, /400 .*on demand.* leak\/k%2F1\//);
  assert.match(text, /a network that is new for the key \d of 1 \d of 1 \d of 1/);
  assert.match(
    text,
    /False pages target 0\.1 per 1,000 key-days; no key-days yet to compare with; 1 in 28 days, of all keys: 0 false, 0 leaks, 1 not judged/,
  );
});

test("neither coverage nor /readyz says that all is well before a check, without a routing key, or while a coverage incident is open", async (t) => {
  const fresh = await openOutboxStory();
  const [told, mute] = await Promise.all([
    openPages({ advance: fresh.advanceDeps, pager: fresh.pager }),
    openPages({ advance: fresh.advanceDeps }),
  ]);
  const redis = openRedis(new Secret(testServices().redisUrl), openLog("silent"));
  const clock = openClock([
    { name: "Redis", read: async () => Date.now() },
    { name: "ClickHouse", read: async () => Date.now() },
  ]);
  t.after(async () => {
    await Promise.all([told.close(), mute.close()]);
    await fresh.close();
    redis.disconnect();
  });
  const readyz = async (pager: typeof fresh.pager | null, now = NOW, failure: string | null = null) => {
    const watchDeps = { ...soundWatch(fresh.store), deliver: { pager } };
    const lastCheckFailure = async () => failure;
    const deps = { store: fresh.store, redis, clock, watchDeps, lastCheckFailure };
    const { ready, checks } = await askReadiness(deps, now);
    const {
      coverage,
      pages,
      checks: { because = "" },
    } = checks as Record<"coverage" | "pages" | "checks", { state: string; problems?: string[]; because?: string }>;
    return { ready, coverage, pages: pages.state, because };
  };
  const well = /No known problems/;
  assert.doesNotMatch(await read(told), well);
  assert.match(await read(told), /No key is being watched: no events received yet/);
  await fresh.store.check.insertCheckRuns([run(NOW - MINUTE, "evaluated")]);
  assert.match(await read(told), well);
  assert.equal((await readyz(fresh.pager)).coverage.state, "no known problem");
  const standing = await readyz(fresh.pager, NOW + 10 * MINUTE, "Timeout exceeded: elapsed 60 seconds");
  assert.equal(
    standing.because,
    "no check has finished for two minutes, the last one failed: Timeout exceeded: elapsed 60 seconds",
  );
  assert.match(
    (await readyz(fresh.pager, NOW + 10 * MINUTE)).because,
    /its log says of check-keys/,
    "no cause is known",
  );
  assert.match(await read(mute), /critical No pages are sent: no routing key is set, so pages wait in the outbox/);
  const silent = await readyz(null);
  assert.deepEqual([silent.ready, silent.coverage.state, silent.pages], [true, "problems", "no routing key"]);
  const found = finding("error", NOW, {
    keyId: null,
    cause: "coverage",
    subject: { kind: "source", source: "gateway eu" },
  });
  await fresh.store.check.insertFindings([found]);
  await advanceIncidents(fresh.advanceDeps, [found], [NOW], "itself");
  const open = "An incident is open about source gateway eu (coverage)";
  const text = await read(told);
  assert.ok(text.includes(`error ${open} ${minuteText(NOW)}`), text);
  assert.doesNotMatch(text, well);
  assert.deepEqual((await readyz(fresh.pager)).coverage, { ok: false, state: "problems", problems: [open] });
  await advanceIncidents(fresh.advanceDeps, [], [NOW + 6 * MINUTE], "itself");
  assert.match(await read(told), well);
});

test("while Redis is away the page says so, and shows what ClickHouse knows", async () => {
  const text = await read(withoutRedis);
  assert.match(text, /Events waiting unknown: Redis does not answer/);
  assert.match(text, /Not evaluated in 7 days: 10 minutes/);
});

test("while ClickHouse is away every page says so with 503, and not how it is reached", async (t) => {
  const store = openStore(new Secret("http://somebody:password@127.0.0.1:1/nowhere"));
  const away = await openPages({ advance: { ...story.advanceDeps, store } });
  t.after(async () => {
    await away.close();
    await store.close();
  });
  for (const path of ["/", "/coverage", "/keys/k", "/incidents/i"]) {
    const answer = await fetch(away.url + path, { headers: { cookie: away.cookie } });
    const text = await answer.text();
    assert.equal(answer.status, 503, path);
    assert.match(text, /<h1>This page cannot be shown now/);
    assert.doesNotMatch(text, /password|127\.0\.0\.1|ECONNREFUSED/);
  }
});

test("a fault of ours is 500 in its own words, never called one of ClickHouse, and its stack is in the log alone", async (t) => {
  const lines: string[] = [];
  const faulty = observeStore(story.store, async (name, call) =>
    name === "readNewestEvaluated" ? Reflect.get(undefined as never, "of nothing") : call(),
  );
  const log = pino({ level: "error" }, { write: (line: string) => lines.push(line) });
  const broken = await openPages({ advance: { ...story.advanceDeps, store: faulty }, log });
  t.after(async () => broken.close());
  const answer = await fetch(`${broken.url}/`, { headers: { cookie: broken.cookie } });
  const text = await answer.text();
  assert.equal(answer.status, 500);
  assert.match(text, /a fault in Plimsoll, not in ClickHouse/);
  assert.doesNotMatch(text, /did not answer|TypeError|of nothing/);
  const [line = ""] = lines;
  assert.match(line, /"type":"TypeError".*"msg":"a view could not be made: a fault in Plimsoll"/);
});
