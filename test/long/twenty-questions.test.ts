import { test } from "node:test";
import assert from "node:assert/strict";
import { readOnCallFacts } from "../helpers/on-call-facts.js";
import { ON_CALL_QUESTIONS } from "../helpers/on-call-questions.js";
import { endStory, feedStory } from "../helpers/on-call-story.js";
import { beginWalk, type AskedPlace } from "../helpers/on-call-walk.js";
import { openConsole } from "../helpers/open-console.js";

const MOST_STEPS = 3;

test("each of the twenty questions that on-call asks is answered, with the figures of its raw events, within three steps of the incident's view", async (t) => {
  const place = await openConsole(t, feedStory);
  await endStory(place);
  const { house, stolen, browsing, token } = place;
  const { page } = browsing;
  const rows = await house.store.incident.readIncidentRows(0);
  const open = rows.flatMap(({ transitions }) => {
    const [first] = transitions;
    return first?.keyId === stolen && transitions.every(({ kind }) => kind !== "resolved") ? [first] : [];
  });
  assert.equal(open.length, 1);
  const incident = `${house.url}/incidents/${encodeURIComponent(open[0]!.incidentId)}`;
  await page.goto(incident);
  await page.getByLabel(/^A token/).fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(incident);
  const asked: AskedPlace = { ...place, ...(await readOnCallFacts(place)) };
  for (const { number, question, go, says, holds } of ON_CALL_QUESTIONS) {
    await t.test(`${number}. ${question}`, async (one) => {
      await page.goto(incident);
      const walk = beginWalk(page);
      await go?.(walk, asked);
      const text = await page.locator("main").innerText();
      for (const answer of says(asked)) assert.match(text, answer);
      assert.ok(walk.steps <= MOST_STEPS, `${walk.steps} steps`);
      await holds?.(text, asked, page);
      one.diagnostic(`${walk.steps} steps, ${new URL(page.url()).pathname}`);
    });
  }
});
