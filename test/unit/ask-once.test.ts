import assert from "node:assert/strict";
import { it } from "node:test";
import { answeringOnce, askOnce } from "../../src/flow/ask-once.js";

const database = {};
function counted() {
  let asked = 0;
  return { ask: async () => ++asked, asked: () => asked };
}

it("the parts of one view are given one answer to the same question, and another view its own", async () => {
  const { ask, asked } = counted();
  const view = async () => Promise.all([askOnce(database, "clock", ask), askOnce(database, "clock", ask)]);
  assert.deepEqual(await answeringOnce(view), [1, 1]);
  assert.deepEqual(await answeringOnce(view), [2, 2]);
  assert.equal(asked(), 2);
});

it("other questions, and the same of another database, are asked by themselves", async () => {
  const { ask } = counted();
  const answers = await answeringOnce(async () => [
    await askOnce(database, "clock", ask),
    await askOnce(database, "stamp", ask),
    await askOnce({}, "clock", ask),
  ]);
  assert.deepEqual(answers, [1, 2, 3]);
});

it("whoever is in no view asks each time", async () => {
  const { ask } = counted();
  assert.deepEqual([await askOnce(database, "clock", ask), await askOnce(database, "clock", ask)], [1, 2]);
});

it("a question that failed is asked again", async () => {
  const answer = await answeringOnce(async () => {
    await assert.rejects(askOnce(database, "clock", async () => Promise.reject(new Error("away"))));
    return askOnce(database, "clock", async () => "now");
  });
  assert.equal(answer, "now");
});
