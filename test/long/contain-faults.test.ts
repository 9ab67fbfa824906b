import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { runContainFaults } from "../helpers/contain-faults.js";
import { openContainStory, type ContainStory } from "../helpers/contain-story.js";

// CONTAIN_FAULT_RUNS=200 for a release; a failure prints its seed, which CONTAIN_FAULT_SEED takes.
const RUNS = Number(process.env["CONTAIN_FAULT_RUNS"] ?? 25);
const SEED = Number(process.env["CONTAIN_FAULT_SEED"] ?? Date.now() % 2 ** 31);
let story = undefined as unknown as ContainStory;
before(async () => void (story = await openContainStory()));
after(() => story.close());

test(`over ${RUNS} schedules of faults no containment is lost, none is doubled, and what expires is undone (seed ${SEED})`, async (t) => {
  const figures = await runContainFaults(story, RUNS, SEED);
  t.diagnostic(JSON.stringify(figures));
  assert.deepEqual([figures.runs >= RUNS, figures.lost, figures.doubled], [true, 0, 0]);
});
