import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { runContainFaults } from "../helpers/contain-faults.js";
import { openContainStory, type ContainStory } from "../helpers/contain-story.js";

const SEED = Number(process.env["CONTAIN_FAULT_SEED"] ?? Date.now() % 2 ** 31);
let story = undefined as unknown as ContainStory;
before(async () => void (story = await openContainStory()));
after(() => story.close());

test(`whatever dies and whatever a guard answers, no containment is lost, none is doubled, and what expires is undone (seed ${SEED})`, async (t) => {
  const figures = await runContainFaults(story, 3, SEED);
  t.diagnostic(JSON.stringify(figures));
  assert.deepEqual([figures.lost, figures.doubled], [0, 0]);
});
