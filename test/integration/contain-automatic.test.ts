import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { AutomaticMode } from "../../src/contain/judge-automatic.js";
import { BASELINE_VERSION } from "../../src/model/finding/baseline.js";
import { NO_TAIL } from "../../src/model/finding/fleet-day.js";
import { blameStatistics } from "../../src/model/finding/blamed-sources.js";
import type { KeyVersion } from "../../src/model/key/key.js";
import { containAutomatically, type AutomaticDeps } from "../../src/pipeline/contain/contain-automatically.js";
import { reviewAutomatic } from "../../src/pipeline/contain/review-automatic.js";
import { actOnIncident } from "../../src/pipeline/incident/act-on-incident.js";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { readKnownIncident } from "../../src/pipeline/incident/read-incidents.js";
import { addDays, dayOf, dayStart } from "../../src/time/day.js";
import { ANA, ATTACKER, openContainStory, OWNER, type ContainStory } from "../helpers/contain-story.js";
import { finding } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { runCli } from "../helpers/run-cli.js";

const MINUTE = 60_000;
/** One false containment a year of 200 keys begins at 14.2. */
const [HIGH, LOW] = [25, 14];
let story = undefined as unknown as ContainStory;
let mode: AutomaticMode = "on";
let deps = undefined as unknown as AutomaticDeps;

beforeEach(async () => {
  story = await openContainStory();
  mode = "on";
  deps = {
    ...story.deps,
    budget: { pages: { count: 1, per: "month" }, notices: { count: 7, per: "week" } },
    falseContainmentsPerYear: 1,
    automaticMode: () => mode,
  };
  await learn(200, 28);
});
afterEach(() => story.close());

async function learn(watchedKeys: number, learnedDays: number) {
  const { store } = story.checks;
  const [day, asOf] = [dayOf(story.now()), Date.now() - 1000];
  await store.learn.insertFleetDay(addDays(day, -1), asOf, { watchedKeys, learnedDays, tail: NO_TAIL });
  const run = { job: "learn-baselines", tick: dayStart(day), asOf, reason: "learn", outcome: "evaluated" } as const;
  const figures = { detail: "", events: 1, version: BASELINE_VERSION, keys: 1, findings: 0, durationMs: 1 };
  await store.check.insertCheckRuns([{ ...run, ...figures, baselineDay: null }]);
}

interface Change {
  readonly score?: number;
  readonly statistics?: object;
  readonly known?: Partial<KeyVersion>;
  readonly severity?: "error" | "warning";
}

/** A key with four weeks of its owner's use, and a leak whose score and statistics a test names. */
async function leakOf(keyId: string, { score = HIGH, statistics = {}, known = {}, severity = "error" }: Change = {}) {
  const { onset } = story;
  const now = story.now();
  await story.checks.store.registry.insertKeys([keyOf(keyId, known)], `key:${keyId}`);
  await story.traffic(keyId, OWNER, onset - 2 * 1440 * MINUTE, onset - 2 * 1440 * MINUTE + 60 * MINUTE, 10);
  await story.traffic(keyId, OWNER, onset - 60 * MINUTE, now, 10);
  await story.traffic(keyId, ATTACKER, onset, now, 5);
  const whole = {
    window: 0,
    surprises: [],
    history_days: 28,
    baseline_day: addDays(dayOf(now), -1),
    ...blameStatistics([ATTACKER]),
    novel: { asn_hosting: { requests: [5, 5, 5, 5] } },
    ...statistics,
  };
  const found = finding(severity, now, { keyId, onset, score, summary: `${keyId}: leak`, statistics: whole });
  await story.checks.store.check.insertFindings([found]);
  await advanceIncidents(story.checks.deps, [found], [now]);
  return `leak/${keyId}/${new Date(now).toISOString().slice(0, 16).replace(/[-:]/g, "")}`;
}

const keyOf = (keyId: string, known: Partial<KeyVersion>) => keyVersion({ guard: "edge", ...known, keyId });
const stepsOf = async (id: string) =>
  (await readKnownIncident(story.deps.store, id))!.transitions.filter(({ containment }) => containment !== undefined);
const automatically = async () => containAutomatically(deps, story.now());

test("an incident whose score is beyond the budget of false containments is contained once, on file before it is sent, in Plimsoll's name with score and budget, and undone when it is judged benign", async () => {
  const id = await leakOf("loud");
  assert.equal(await automatically(), 1);
  assert.equal(story.receiver.seen.length, 0, "it is on file, and not sent yet");
  assert.equal(await automatically(), 0, "once");
  const [step] = await stepsOf(id);
  assert.deepEqual(
    [step?.reason, step?.person?.actor, step?.person?.note],
    [
      "requested_automatically",
      "Plimsoll, automatically",
      "score 25.0, contained from 14.2 on: a budget of 1 false containment a year",
    ],
  );
  await story.pass();
  await automatically();
  await story.pass();
  assert.equal(story.receiver.seen.length, 1, "exactly one call");
  const [held] = [...story.receiver.inForce.values()];
  assert.deepEqual([held?.["action"], held?.["networks"]], ["deny_networks", [ATTACKER]]);
  const [told] = await story.checks.ask<{ body: string }>(
    `SELECT body FROM pages WHERE incident_id = '${id}' AND action = 'trigger' ORDER BY written_at DESC, page_id DESC LIMIT 1`,
  );
  assert.match(
    told!.body,
    /"containment":"asked edge to deny 1 network/,
    "the open page says so in every installation",
  );
  await actOnIncident(story.deps, id, "resolve", { ...ANA, verdict: "benign" }, story.now());
  await story.pass();
  assert.deepEqual([...story.receiver.inForce.values()], []);
  assert.equal(story.receiver.seen.length, 2);
  const { contained } = await reviewAutomatic(story.deps.store, story.now() + MINUTE);
  assert.deepEqual(contained, { count: 1, leaks: 0, benign: 1 });
});

test("dry-run sends nothing and records once what it would have asked; switched on, it asks; off ends new ones and leaves the old in force", async () => {
  mode = "dry-run";
  const id = await leakOf("rehearsed");
  assert.equal(await automatically(), 1);
  assert.equal(await automatically(), 0, "recorded once");
  assert.match(
    (await story.told(id)).join("\n"),
    /^would_contain: would have asked edge to deny 1 network \(198\.51\.100\.4\), until/,
  );
  assert.equal((await story.pass()).left, 0);
  assert.equal(story.receiver.seen.length, 0);
  const { wouldHave } = await reviewAutomatic(story.deps.store, story.now() + MINUTE);
  assert.deepEqual(wouldHave, { count: 1, leaks: 0, benign: 0 });
  const env = { CLICKHOUSE_URL: story.checks.url, PLIMSOLL_FALSE_CONTAINMENTS_PER_YEAR: "1" };
  assert.deepEqual((await runCli(["contain", "--review"], env)).stdout.split("\n"), [
    "automatic containment: dry-run, from a score of 14.2 on (a page: 11.4), for 1 false containment a year; 1.00 expected",
    "contained 0 times, 0 judged leak and 0 judged benign, in 30 days",
    "would have contained 1 time, 0 judged leak and 0 judged benign, in 30 days (dry-run)",
    "",
  ]);
  mode = "on";
  assert.equal(await automatically(), 1);
  await story.pass();
  assert.equal(story.receiver.inForce.size, 1);
  mode = "off";
  const later = await leakOf("later");
  assert.equal(await automatically(), 0);
  await story.pass();
  assert.deepEqual(await story.told(later), []);
  assert.equal(story.receiver.inForce.size, 1, "what is in force stays so");
});

test("a switch that is turned off while a key's traffic is read ends what was about to be asked", async () => {
  const id = await leakOf("overtaken");
  let asked = 0;
  // The gate, the judgement, and then the last look before the step.
  const turned = { ...deps, automaticMode: (): AutomaticMode => ((asked += 1) > 2 ? "off" : "on") };
  assert.equal(await containAutomatically(turned, story.now()), 0);
  assert.deepEqual(await story.told(id), []);
});

test("networks in which the key was served before, that the registry allows it or that come beside requests without an address are throttled and not denied", async () => {
  await story.traffic("shared", ATTACKER, story.onset - 50 * MINUTE, story.onset - 40 * MINUTE, 10);
  const shared = await leakOf("shared");
  const unplaced = await leakOf("unplaced", { statistics: { without_address: true } });
  const allowed = await leakOf("allowed", { known: { allowedCidrs: ["198.51.100.0/24"] } });
  assert.equal(await automatically(), 3);
  for (const id of [shared, unplaced, allowed])
    assert.match(
      (await story.told(id))[0]!,
      /^requested_automatically: asked edge to throttle to \d+ requests a minute/,
    );
});

test("nothing is contained without a budget, below its score, of a notice, of a young key, where sources are not listed, without a guard, once it is old, or after a person acted", async () => {
  await leakOf("quiet", { score: LOW });
  await leakOf("notice", { severity: "warning" });
  await leakOf("young", { statistics: { history_days: 5 } });
  await leakOf("first-days", { statistics: { first_days: { kind: "new", compared_with: "fleet" } } });
  await leakOf("unlisted", { statistics: { blamed_networks: null } });
  await leakOf("unguarded", { known: { guard: "" } });
  const acted = await leakOf("acted");
  await story.contain(acted);
  await story.undo(acted);
  assert.equal(await automatically(), 0);
  await leakOf("loud");
  assert.equal(await containAutomatically(deps, story.now() + 20 * MINUTE), 0, "nobody judged it in time");
  assert.equal(await containAutomatically({ ...deps, falseContainmentsPerYear: 0 }, story.now()), 0, "no budget");
  assert.equal(await automatically(), 1);
});

test("a fleet that is on record for less than some weeks has no score of a containment", async () => {
  await learn(200, 10);
  await leakOf("early");
  assert.equal(await automatically(), 0);
});
