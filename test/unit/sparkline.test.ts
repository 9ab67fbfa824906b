import assert from "node:assert/strict";
import { test } from "node:test";
import { sparkline } from "../../src/web/sparkline.js";

const hours = (last: readonly number[]) => [...Array.from({ length: 24 - last.length }, () => 0), ...last];
const labelOf = (text: string) => /aria-label="([^"]*)"/.exec(text)![1];

test("a sparkline says its peak, and of what unknown sources had, how much that was and when most", () => {
  const all = sparkline(hours([100, 50, 10]), false, null).text;
  assert.equal(labelOf(all), "Requests by hour: peak 100, 2 hours ago; 10 so far in this hour");
  assert.doesNotMatch(all, /strange|unknown/);
  const split = sparkline(hours([100, 50, 10]), true, hours([10, 40, 0])).text;
  assert.equal(
    labelOf(split),
    "Requests by hour: peak 100, 2 hours ago; 10 so far in this hour; 31 % from unknown sources, at most 80 %, an hour ago",
  );
  assert.match(split, /class="spark"/);
  assert.match(split, /31 % from unknown sources<\/div>/);
});

test("what unknown sources had stands on the key's own, and both together are as high as all of it", () => {
  const { text } = sparkline(hours([100, 50, 10]), true, hours([25, 0, 10]));
  assert.match(text, /<path d="M21,20v-15h\.8v15M22,20v-10h\.8v10">/);
  assert.match(text, /<path class="strange" d="M21,5v-5h\.8v5">/);
  assert.match(text, /<path class="strange begun" d="M23,20v-2h\.8v2">/);
});

test("a key that is suspect is drawn so where nobody can say what of it is not its own", () => {
  assert.match(sparkline(hours([1]), true, null).text, /class="spark suspect"/);
  assert.match(sparkline(hours([0]), true, hours([0])).text, /class="spark suspect"/);
});
