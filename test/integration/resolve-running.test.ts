import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Finding } from "../../src/model/finding/finding.js";
import { MINUTE, unknownSourcesLeak } from "../helpers/incident-parts.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";
import { openPages, type OpenPages } from "../helpers/open-pages.js";
import { actAt as act, getIncident as get } from "../helpers/page-forms.js";

const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;
let [story, open] = [] as unknown as [OutboxStory, OpenPages];

before(async () => {
  story = await openOutboxStory();
  open = await openPages({ advance: story.advanceDeps, pager: story.pager });
});
after(async () => {
  await open.close();
  await story.close();
});

test("who resolves an incident whose traffic still runs is told so before and after, and nobody where it is over", async () => {
  const said = [];
  for (const [keyId, quiet] of [
    ["running", 1],
    ["gone", 42],
  ] as const) {
    const about = unknownSourcesLeak(keyId, "198.51.100.9", NOW);
    const last_at = new Date(NOW - quiet * 60_000).toISOString();
    const activity = { of: "unknown", is_going_on: quiet === 1, last_at, quiet_minutes: quiet, per_minute: 80 };
    await story.find([{ ...about, statistics: { ...about.statistics, activity } } as unknown as Finding]);
    const id = `leak/${keyId}/${new Date(NOW).toISOString().slice(0, 16).replace(/[-:]/g, "")}`;
    const form = (await get(open, id)).text;
    await act(open, id, { act: "resolve", name: "Bo", note: "dealt with", verdict: "leak" });
    const answer = (await get(open, id, undefined, "?said=resolved")).text;
    said.push(
      [form, answer].map((text) => text.includes("The traffic is still running, the last request was seen at")),
    );
  }
  assert.deepEqual(said, [
    [true, true],
    [false, false],
  ]);
});
