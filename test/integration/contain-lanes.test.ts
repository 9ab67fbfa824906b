import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Guard, SendOptions } from "../../src/guard/parse-guards.js";
import type { DeliveryVerdict } from "../../src/model/incident/page.js";
import { readKnownIncident } from "../../src/pipeline/incident/read-incidents.js";
import { openContainStory, type ContainStory } from "../helpers/contain-story.js";

const ownGuards = new Map<string, Guard>();
let story = undefined as unknown as ContainStory;
before(async () => void (story = await openContainStory({ guardOf: (name) => ownGuards.get(name) })));
after(() => story.close());

test(
  "a guard that does not answer holds up no key of another, nor what is asked meanwhile",
  { timeout: 60_000 },
  async () => {
    const hung: (() => void)[] = [];
    const hangs = async () =>
      new Promise<DeliveryVerdict>((resolve) =>
        hung.push(() => resolve({ kind: "retry", status: 0, problem: "does not answer", retryAfterMs: null })),
      );
    let [arrived, hasArrived] = [Promise.resolve(), () => undefined as void];
    const expectOne = () => {
      arrived = new Promise((resolve) => (hasArrived = resolve));
    };
    const answers = async (): Promise<DeliveryVerdict> => {
      hasArrived();
      return Promise.resolve({ kind: "sent", status: 204 });
    };
    const guard = (name: string, send: (asked: unknown, options: SendOptions) => Promise<DeliveryVerdict>): Guard => {
      const asked = { doubts: [], match: null, problemOf: () => null, show: () => [], send };
      return { name, type: "webhook", actions: ["deny_networks", "throttle", "freeze"], ...asked };
    };
    ownGuards.set("stuck", guard("stuck", hangs)).set("prompt", guard("prompt", answers));
    const ask = async (key: string, name: string) =>
      assert.ok("done" in (await story.contain(await story.leak(key, { guard: name }, true))));
    for (const key of ["stuck-1", "stuck-2", "stuck-3", "stuck-4", "stuck-5"]) await ask(key, "stuck");
    await ask("prompt-1", "prompt");
    expectOne();
    const pass = story.pass();
    await arrived;
    expectOne();
    await ask("prompt-2", "prompt");
    await arrived;
    for (const release of hung) release();
    assert.deepEqual(await pass, { sent: 2, refused: 0, left: 7 });
    assert.equal(hung.length, 4, "the fifth key of the guard waits for the next pass");
  },
);

test(
  "what is listed before its step is on file is found in the pass that looked too early",
  { timeout: 60_000 },
  async () => {
    let [release, taken] = [() => undefined as void, () => undefined as void];
    const isTaken = new Promise<void>((resolve) => (taken = resolve));
    const held = new Promise<DeliveryVerdict>((resolve) => (release = () => resolve({ kind: "sent", status: 204 })));
    const asked = {
      doubts: [],
      match: null,
      problemOf: () => null,
      show: () => [],
      type: "webhook",
      actions: ["deny_networks"],
    } as const;
    const takes = async (): Promise<DeliveryVerdict> => {
      taken();
      return Promise.resolve({ kind: "sent", status: 204 });
    };
    // What another test left behind has a guard that is away.
    ownGuards.clear();
    ownGuards.set("slow", { ...asked, name: "slow", send: async () => held });
    ownGuards.set("taker", { ...asked, name: "taker", send: takes });
    const slow = await story.leak("early-slow", { guard: "slow" }, true);
    assert.ok("done" in (await story.contain(slow)));
    const late = await story.leak("early-late", { guard: "taker" }, true);
    const { store } = story.deps;
    const { sequence } = (await readKnownIncident(store, late))!.incident;
    await store.contain.listContainment({ incidentId: late, sequence: sequence + 1 });
    let looks = 0;
    let hasLooked = () => undefined as void;
    const isLooked = new Promise<void>((resolve) => (hasLooked = resolve));
    const readListedContainments = async () => {
      // The second look begins when the first is over.
      if ((looks += 1) === 2) hasLooked();
      return store.contain.readListedContainments();
    };
    const pass = story.pass(0, { store: { ...store, contain: { ...store.contain, readListedContainments } } });
    await isLooked;
    assert.ok("done" in (await story.contain(late)));
    await isTaken;
    release();
    await pass;
  },
);
