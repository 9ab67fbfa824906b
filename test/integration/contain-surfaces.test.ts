import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openPages, type OpenPages } from "../helpers/open-pages.js";
import { openContainStory, type ContainStory } from "../helpers/contain-story.js";
import { findInText } from "../helpers/find-traces.js";
import { formTokenOf, signInAt } from "../helpers/page-forms.js";
import { runCli } from "../helpers/run-cli.js";
import { testServices } from "../helpers/services.js";

const HOUR = 3_600_000;
const [READ, ADMIN] = ["read-token-of-the-test", "admin-token-of-the-test"];
let [story, pages] = [] as unknown as [ContainStory, OpenPages];
let env: Record<string, string> = {};
/** Whatever anybody was shown. */
const shown: string[] = [];

before(async () => {
  // The command and the view go by the machine's clock.
  story = await openContainStory({ clock: Date.now });
  pages = await openPages({ advance: story.deps, guardOf: story.deps.guardOf, read: [READ], admin: [ADMIN] });
  const edge = { type: "webhook", url: story.receiver.url, secret: story.secret };
  env = { CLICKHOUSE_URL: story.checks.url, PLIMSOLL_GUARDS: JSON.stringify({ edge }) };
});
after(async () => {
  await pages.close();
  await story.close();
});

async function run(...args: readonly string[]) {
  const ran = await runCli(["contain", ...args], env);
  shown.push(ran.stdout, ran.stderr);
  return ran;
}

const stepsOf = async (id: string) => (await story.told(id)).length;
const viewOf = (id: string) => `${pages.url}/incidents/${encodeURIComponent(id)}/contain`;

async function look(id: string, cookie: string): Promise<string> {
  const page = await (await fetch(viewOf(id), { headers: { cookie } })).text();
  shown.push(page);
  return page;
}

async function send(id: string, fields: Record<string, string>, cookie: string, formToken?: string) {
  const token = formToken ?? formTokenOf(await look(id, cookie));
  const answer = await fetch(viewOf(id), {
    method: "POST",
    body: new URLSearchParams({ form_token: token, networks: "", limit: "", hours: "24", ...fields }),
    headers: { cookie, "sec-fetch-site": "same-origin", origin: pages.url },
    redirect: "manual",
  });
  const text = await answer.text();
  shown.push(text);
  return { status: answer.status, text, location: answer.headers.get("location") };
}

test("a dry run prints whom it would hit and the exact call without its secret, and records nothing; then it is done, shown and undone", async () => {
  const id = await story.leak("by-command");
  const dry = await run(id, "--action", "deny_networks", "--dry-run");
  assert.equal(dry.code, 0, dry.stderr);
  assert.match(
    dry.stdout,
    /^in the last hour: \d+ requests from 1 known source \(\d+%\), \d+ requests from 1 unknown source \(\d+%\)$/m,
  );
  assert.match(
    dry.stdout,
    /^denies 1 network \(198\.51\.100\.4\): \d+ requests of the last hour \(\d+%\); no known source is in them$/m,
  );
  assert.match(dry.stdout, /^POST http:\/\/127\.0\.0\.1:\d+\/contain\n/m);
  assert.match(dry.stdout, /^\{"type":"key\.contain",.*"networks":\["198\.51\.100\.4"\]/m);
  assert.equal(await stepsOf(id), 0);
  const unexplained = await run(id, "--action", "deny_networks");
  assert.deepEqual([unexplained.code, /--note is missing/.test(unexplained.stderr)], [2, true]);
  const frozen = await run(id, "--action", "freeze", "--note", "x", "--by", "Ana");
  assert.deepEqual([frozen.code, /add --yes/.test(frozen.stderr)], [2, true]);
  const wide = await run(id, "--action", "deny_networks", "--network", "192.0.2.0/24", "--note", "x", "--by", "Ana");
  assert.deepEqual([wide.code, /from known sources: the owner would be/.test(wide.stdout)], [2, true], wide.stdout);
  await story.traffic("by-command", "203.0.113.50", story.onset - 30 * HOUR, story.onset - 29 * HOUR, 1);
  const quiet = await run(id, "--action", "deny_networks", "--network", "203.0.113.0/24", "--note", "x", "--by", "Ana");
  assert.equal(quiet.code, 2);
  assert.match(quiet.stdout, /: 0 requests of the last hour .*; they hold 1 known source that came earlier/);
  assert.equal(await stepsOf(id), 0);
  const done = await run(id, "--action", "deny_networks", "--note", "abused", "--by", "Ana", "--hours", "2");
  assert.deepEqual([done.code, /^done: asked edge to deny 1 network/m.test(done.stdout)], [0, true], done.stderr);
  const job = await runCli(["run", "contain-keys"], { ...env, REDIS_URL: testServices().redisUrl });
  assert.equal(job.code, 0, job.stderr);
  shown.push(job.stdout, job.stderr);
  assert.match((await run(id)).stdout, /^in force: deny 1 network \(198\.51\.100\.4\) at edge, until .* UTC, by Ana$/m);
  const life = await runCli(["incidents", "show", id], env);
  shown.push(life.stdout);
  assert.match(life.stdout, /containment +requested +error +Ana +asked edge to deny 1 network.*: abused/);
  assert.match(life.stdout, /containment +accepted +error +plimsoll +edge accepted at/);
  assert.equal((await run(id, "--undo", "--note", "over", "--by", "Ana")).code, 0);
  await story.pass();
  assert.match((await run(id, "--undo", "--note", "over", "--by", "Ana")).stderr, /^nothing to undo/);
});

test("wrong options and guards that cannot be used are named with what to do, and never a secret", async () => {
  const id = await story.leak("mistaken");
  const bad = async (...args: string[]) => (await run(id, ...args, "--note", "x")).stderr;
  assert.match(await bad("--action", "block"), /Allowed choices are throttle, deny_networks, freeze/);
  assert.match(
    await bad("--action", "freeze", "--network", "198.51.100.0/24"),
    /--network goes with --action deny_networks only/,
  );
  assert.match(await bad("--action", "throttle", "--limit", "0"), /--limit must be a whole number/);
  for (const hours of ["9999", "0.4", "1e2"])
    assert.match(
      await bad("--action", "throttle", "--hours", hours),
      /--hours must be a number of hours from 0\.5 to 720/,
    );
  assert.match(await bad("--action", "deny_networks", "--network", "all"), /write a block like 203\.0\.113\.0\/24/);
  const secret = "Bearer-of-the-guard-0123456789";
  const guards = {
    edge: { type: "webhok", url: "https://a.example", secret },
    other: { type: "webhook", url: "ftp://a", secret, token: secret },
  };
  const ran = await runCli(["contain", id], { ...env, PLIMSOLL_GUARDS: JSON.stringify(guards) });
  assert.equal(ran.code, 2);
  for (const said of [
    /edge\.type: must be webhook, perhaps/,
    /other\.url: must be an http/,
    /other\.secret: must be whsec_/,
    /other\.token: is not a field/,
  ])
    assert.match(ran.stderr, said);
  assert.ok(!ran.stderr.includes(secret));
});

test("the view shows whom it would hit and the exact call, asks only for who may act, and says what is in force", async () => {
  const id = await story.leak("by-view");
  const [reader, admin] = [await signInAt(pages, READ), await signInAt(pages, ADMIN)];
  const incident = await (await fetch(viewOf(id).replace(/\/contain$/, ""), { headers: { cookie: admin } })).text();
  assert.match(incident, /\/contain"[^>]*>Contain…/);
  const toReader = await (await fetch(viewOf(id).replace(/\/contain$/, ""), { headers: { cookie: reader } })).text();
  assert.match(toReader, /\/contain"[^>]*>Contain…/, "who may only look sees whom it would hit");
  const seen = await look(id, reader);
  assert.match(seen, /In the last hour|in the last hour: \d+ requests from 1 known source/);
  assert.match(seen, /Your token can only read/);
  const wish = { act: "contain", action: "deny_networks", name: "Bo", note: "abused" };
  assert.equal((await send(id, wish, reader, "x")).status, 403);
  assert.equal((await send(id, wish, admin, "")).status, 403);
  const preview = await send(id, { ...wish, act: "preview" }, admin);
  assert.match(preview.text, /The exact call[\s\S]*POST http/);
  const bare = await send(id, { ...wish, name: "", hours: "1e2" }, admin);
  assert.deepEqual(
    [bare.status, /Give your name/.test(bare.text), /This must be a number of hours from 0\.5 to 720/.test(bare.text)],
    [422, true, true],
  );
  assert.equal(
    (await send(id, { ...wish, action: "freeze" }, admin)).status,
    422,
    "it has to be said that it is meant",
  );
  assert.equal((await send(id, { ...wish, action: "block" }, admin)).status, 400, "nothing is asked that nobody named");
  assert.equal(await stepsOf(id), 0);
  const done = await send(id, wish, admin);
  assert.deepEqual([done.status, done.location], [303, "./contain?said=asked"]);
  const again = await send(id, wish, admin);
  assert.deepEqual([again.status, /nothing to do: Bo asked edge/.test(again.text)], [422, true]);
  story.receiver.answerNext("fail");
  await story.pass();
  const inVain = /asked for: deny 1 network [^<]* by Bo; not accepted after 1 try, the last: answered 503/;
  assert.match(await look(id, admin), inVain);
  assert.match((await run(id)).stdout, inVain);
  await story.pass(60_000);
  assert.match(await look(id, admin), /in force: deny 1 network [^<;]* by Bo</);
  assert.equal((await send(id, { act: "undo", name: "Bo", note: "over" }, admin)).location, "./contain?said=undone");
  story.receiver.answerNext("fail");
  await story.pass();
  assert.match(await look(id, admin), /to be undone: deny 1 network [^<;]* at edge; not accepted after 1 try/);
  await story.pass(60_000);
  assert.equal([...story.receiver.inForce.values()].filter(({ key_id: key }) => key === "by-view").length, 0);
});

test("the guard's secret is in no table, page, error or output, whatever the guard says back", async () => {
  const id = await story.leak("secretive");
  await story.contain(id);
  story.receiver.answerNext("refuse");
  await story.pass();
  const tables = await story.checks.ask<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'",
  );
  for (const { name } of tables)
    shown.push(JSON.stringify(await story.checks.ask(`SELECT * FROM ${name} LIMIT 10000`)));
  const text = shown.join("\n");
  assert.ok(text.includes("[secret]"), "what the guard echoed is masked");
  assert.deepEqual(findInText("all", text, { guard: story.secret, bare: story.secret.slice(6) }), []);
});
