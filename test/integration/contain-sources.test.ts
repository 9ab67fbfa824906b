import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { prepareContainment } from "../../src/pipeline/contain/prepare-containment.js";
import { actOnIncident } from "../../src/pipeline/incident/act-on-incident.js";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { expectIncident } from "../../src/pipeline/incident/expect-incident.js";
import { readKnownIncident, readOpenIncidents } from "../../src/pipeline/incident/read-incidents.js";
import { readInvestigation } from "../../src/pipeline/view/investigation.js";
import { standingText } from "../../src/pipeline/sources/standing-text.js";
import { ANA, ATTACKER, openContainStory, OWNER, type ContainStory } from "../helpers/contain-story.js";
import { finding } from "../helpers/incident-parts.js";

const DAY = 86_400_000;
let story = undefined as unknown as ContainStory;
beforeEach(async () => void (story = await openContainStory()));
afterEach(() => story.close());

test("whoever an investigation calls unknown is unknown to a containment, also where the finding blames nobody and where every request was refused", async () => {
  const id = await story.leak("unblamed", {}, false, []);
  const refused = "203.0.113.77";
  await story.traffic("unblamed", refused, story.onset, story.now(), 5, 403);
  const span = { keyId: "unblamed", key: null, from: story.onset - DAY, to: story.now(), onset: story.onset };
  const { sources } = await readInvestigation(story.checks.store, span);
  const unknown = sources.filter(({ isUnknownSource }) => isUnknownSource).map(({ address }) => address);
  assert.deepEqual(unknown.toSorted(), [ATTACKER, refused]);
  const known = (await readKnownIncident(story.checks.store, id))!;
  const { sentences } = await prepareContainment(story.deps, known, null, ANA, story.now());
  assert.match(
    sentences[0]!,
    /: 600 requests from 1 known source \(75%\), 200 requests from 2 unknown sources \(25%\)$/,
  );
  assert.ok("done" in (await story.contain(id)));
  await story.pass();
  const sent = JSON.parse(story.receiver.seen.at(-1)!.body) as {
    readonly data: { readonly networks: readonly string[] };
  };
  assert.deepEqual(sent.data.networks, unknown.toSorted());
});

test("what an incident about several keys advises can be done: their open incidents, never one that is over", async () => {
  const [open, over] = [await story.leak("open-one"), await story.leak("over-one")];
  await actOnIncident(story.deps, over, "resolve", { ...ANA, verdict: "benign" }, story.now());
  const keys = ["open-one", "over-one", "never-found"].map((key_id) => ({ key_id, requests: 5 }));
  const network = "203.0.113.0/24";
  const statistics = { keys, network };
  const found = finding("error", story.now(), {
    keyId: null,
    subject: { kind: "network", network },
    statistics,
  } as object);
  await story.checks.store.check.insertFindings([found]);
  await advanceIncidents(story.checks.deps, [found], [story.now()]);
  const shared = (await readOpenIncidents(story.checks.store)).find(({ keyId }) => keyId === null)!;
  assert.equal(shared.keys.length, 3, JSON.stringify(shared));
  const known = (await readKnownIncident(story.checks.store, shared.incidentId))!;
  const { problem } = await prepareContainment(story.deps, known, null, ANA, story.now());
  assert.match(
    problem!,
    /^this incident is about 3 keys, and a containment is of one: contain those that have an open/,
  );
  assert.ok(problem!.includes(open) && !problem!.includes(over), problem!);
  assert.match(problem!, /; of over-one, never-found no incident is open: revoke or rotate/);
});

test("networks that cover a large part of the internet are denied by nobody", async () => {
  const id = await story.leak("everywhere", {}, true);
  for (const networks of [["0.0.0.0/0"], ["::/0"], ["0.0.0.0/1", "128.0.0.0/1"]]) {
    const outcome = await story.contain(id, { networks });
    assert.match("problem" in outcome ? outcome.problem : "", /large part of the internet.* or freeze the key/);
  }
});

test("who is outside the allowed networks is an unknown source however long, and is denied by nobody who does not name it if it was there before the leak", async () => {
  const old = "198.18.0.5";
  const id = await story.leak("allowed", { allowedCidrs: ["192.0.2.0/24"] });
  await story.traffic("allowed", old, story.onset - 20 * DAY, story.onset - 20 * DAY + DAY / 24, 5);
  await story.traffic("allowed", old, story.onset - DAY / 24, story.now(), 5);
  for (const onset of [story.onset, null]) {
    const span = { keyId: "allowed", key: null, from: story.now() - DAY, to: story.now(), onset };
    const { sources } = await readInvestigation(story.checks.store, span);
    const unknown = sources.filter(({ isUnknownSource }) => isUnknownSource);
    assert.deepEqual(
      unknown.map(({ address, standing }) => `${address} ${standing}`).toSorted(),
      [ATTACKER, old].map((address) => `${address} outside allowed`).toSorted(),
    );
  }
  const known = (await readKnownIncident(story.checks.store, id))!;
  const { sentences } = await prepareContainment(story.deps, known, null, ANA, story.now());
  assert.match(sentences[0]!, /from 1 known source \(60%\), 400 requests from 2 unknown sources \(40%\)$/);
  assert.deepEqual(await deniedOf(id), [ATTACKER]);
});

/** Contains by what is usual for an incident, and gives the networks that the guard was asked to deny. */
async function deniedOf(id: string): Promise<readonly string[]> {
  assert.ok("done" in (await story.contain(id)));
  await story.pass();
  const sent = JSON.parse(story.receiver.seen.at(-1)!.body) as { readonly data: { readonly networks: string[] } };
  return sent.data.networks;
}

test("who is expected is no unknown source, and is denied by nobody who does not name it, beside others who joined", async () => {
  const joined = "203.0.113.9";
  const id = await story.leak("announced", {}, false, [ATTACKER, joined]);
  await story.traffic("announced", joined, story.onset, story.now(), 5);
  const { incident } = (await readKnownIncident(story.checks.store, id))!;
  const until = story.now() + DAY;
  const said = await expectIncident(story.deps, incident, { networks: [ATTACKER], until }, ANA, story.now());
  assert.equal(said.outcome, "stays open");
  const span = { keyId: "announced", key: null, from: story.onset - DAY, to: story.now(), onset: story.onset };
  const { sources } = await readInvestigation(story.checks.store, span);
  assert.deepEqual(
    sources.filter(({ isUnknownSource }) => isUnknownSource).map(({ address }) => address),
    [joined],
  );
  assert.match(standingText(sources.find(({ address }) => address === ATTACKER)!), /^expected by Ana until /);
  assert.deepEqual(await deniedOf(id), [joined]);
});

test("of a key that was not used before, whose owner nobody knows, sources are denied only by who names them or says that it is meant", async () => {
  const id = await story.leak("fresh", {}, true);
  for (const address of [OWNER, ATTACKER]) await story.traffic("fresh", address, story.onset, story.now(), 5);
  const known = (await readKnownIncident(story.checks.store, id))!;
  const wish = { action: "deny_networks", limitPerMinute: null, until: story.now() + DAY } as const;
  const prepare = async (networks: readonly string[] | null) =>
    prepareContainment(story.deps, known, { ...wish, networks }, ANA, story.now());
  const { hitsOwner, sentences } = await prepare(null);
  assert.ok(hitsOwner);
  assert.match(
    sentences.at(-1)!,
    /; nobody is known on this key, which was not used before: the owner may be among them$/,
  );
  assert.equal((await prepare([ATTACKER])).hitsOwner, false);
});

test("of a key that was not used before nobody is called known, nor unknown as long as nothing was found", async () => {
  await story.traffic("first", ATTACKER, story.onset, story.now(), 5);
  const span = { keyId: "first", key: null, from: story.now() - DAY, to: story.now(), onset: null };
  const { sources, isFirstUse, taken } = await readInvestigation(story.checks.store, span);
  assert.deepEqual([isFirstUse, taken, sources.map(({ standing }) => standing)], [true, null, ["first use"]]);
});
