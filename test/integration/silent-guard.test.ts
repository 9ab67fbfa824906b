import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { judgeGuardCalls, judgeGuards } from "../../src/commands/judge-guards.js";
import { readConfig } from "../../src/config.js";
import { judgeCoverage } from "../../src/detect/judge-coverage.js";
import { openContainStory, type ContainStory } from "../helpers/contain-story.js";
import { SOUND } from "../helpers/fact-pages.js";

const [MINUTE, HOUR] = [60_000, 3_600_000];
let story = undefined as unknown as ContainStory;
before(async () => void (story = await openContainStory()));
after(() => story.close());

/** What the watch and doctor make of guards, so many ms later. */
async function noticed(laterMs: number) {
  const now = story.now() + laterMs;
  const states = await story.deps.store.watch.readGuardsState(now - 24 * HOUR);
  const problems = judgeCoverage({ ...SOUND, guards: states }, now).filter(({ cause }) => cause === "delivery");
  return {
    paged: problems.map(({ severity, summary }) => `${severity} ${summary}`),
    doctor: judgeGuardCalls(states, now).map(({ state, check, found }) => `${state} ${check}: ${found}`),
  };
}
const waiting = async () =>
  (await story.deps.store.watch.readGuardFigures())
    .filter(({ state }) => state === "pending" || state === "retrying")
    .map(({ guard, state, n }) => `${guard} ${state} ${n}`);

test("a guard that stays silent is paged after five minutes, stands in doctor and the metrics, and is forgotten once it has answered", async () => {
  const id = await story.leak("kept-waiting");
  story.receiver.answerNext(...Array.from({ length: 3 }, () => "fail" as const));
  await story.contain(id);
  for (const later of [0, 2 * MINUTE, 4 * MINUTE]) await story.pass(later);
  assert.deepEqual(await waiting(), ["edge retrying 1"]);
  assert.deepEqual((await noticed(4 * MINUTE)).paged, []);
  const { paged, doctor } = await noticed(6 * MINUTE);
  assert.match(
    paged.join(),
    /^error Guard edge has not answered for 6 minutes: 1 containment is not in force \(.*503.*\)$/,
  );
  assert.match(doctor.join(), /^warn calls to guard edge: 1 call waits, the oldest for 6 minutes: .*503/);
  assert.ok(!JSON.stringify([paged, doctor]).includes(story.receiver.url), "by its name");
  await story.pass(7 * MINUTE);
  assert.deepEqual([await noticed(8 * MINUTE), await waiting()], [{ paged: [], doctor: [] }, []]);
});

test("an undo that does not reach its guard is paged as a key that may still be contained", async () => {
  const id = await story.leak("kept-contained");
  await story.contain(id);
  await story.pass();
  story.receiver.answerNext("reset");
  await story.undo(id);
  await story.pass();
  assert.match((await noticed(6 * MINUTE)).paged.join(), /: 1 key may still be contained after the undo \(/);
  await story.pass(7 * MINUTE);
  assert.deepEqual((await noticed(8 * MINUTE)).paged, []);
});

test("a guard's address without TLS is doubted at start and by doctor, but not on the same machine", () => {
  const guard = (url: string) => ({ type: "webhook", url, secret: `whsec_${Buffer.alloc(32, 7).toString("base64")}` });
  const guards = { open: guard("http://gateway.internal/x"), tls: guard("https://gateway.internal/x") };
  const near = { near: guard("http://127.0.0.1:8080/x"), named: guard("http://localhost.example.com/x") };
  const config = readConfig({ PLIMSOLL_GUARDS: JSON.stringify({ ...guards, ...near }) });
  assert.deepEqual(
    judgeGuards(config).map(({ check, state }) => `${check} ${state}`),
    ["guard open warn", "guard tls ok", "guard near ok", "guard named warn"],
  );
  assert.match(judgeGuards(config)[0]!.found, /^its url is http, so that others on the way can read/);
});
