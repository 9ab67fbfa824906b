import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openContainStory, type ContainStory } from "../helpers/contain-story.js";
import { openPages, type OpenPages } from "../helpers/open-pages.js";
import { runCli } from "../helpers/run-cli.js";

let [story, pages] = [] as unknown as [ContainStory, OpenPages];

before(async () => {
  // The command goes by the machine's clock.
  story = await openContainStory({ clock: Date.now });
  pages = await openPages({ advance: story.deps });
});
after(async () => {
  await pages.close();
  await story.close();
});

test("what was resolved as benign is called an unknown source no more, at once, and it is said by whom", async () => {
  const id = await story.leak("judged");
  const env = { CLICKHOUSE_URL: story.checks.url };
  const investigated = async () => (await runCli(["investigate", "judged"], env)).stdout;
  assert.match(await investigated(), /198\.51\.100\.4 .*unknown source: /);
  const resolved = await runCli(
    ["incidents", "resolve", id, "--as", "benign", "--note", "a partner", "--by", "Ana"],
    env,
  );
  assert.equal(resolved.code, 0, resolved.stderr);
  const since = await investigated();
  assert.match(since, /198\.51\.100\.4 .*familiar by the verdict of Ana at \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
  assert.match(since, /^unknown sources +none: /m);
  const view = await (
    await fetch(`${pages.url}/keys/judged/dossier`, { headers: { cookie: pages.cookie ?? "" } })
  ).text();
  assert.match(view, /<div\s*>familiar by the verdict of Ana at /);
});
