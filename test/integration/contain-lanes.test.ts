import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Guard, SendOptions } from "../../src/guard/parse-guards.js";
import type { DeliveryVerdict } from "../../src/model/incident/page.js";
import { openContainStory, type ContainStory } from "../helpers/contain-story.js";

const ownGuards = new Map<string, Guard>();
let story = undefined as unknown as ContainStory;
before(async () => void (story = await openContainStory({ guardOf: (name) => ownGuards.get(name) })));
after(() => story.close());

test(
  "a guard that does not answer holds up no key of another, nor what is asked meanwhile",
  { timeout: 30_000 },
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
      const asked = { problemOf: () => null, show: () => [], send };
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
