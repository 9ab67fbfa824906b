import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { openProgress } from "../../src/commands/open-progress.js";

test("what takes minutes says how far it is also where nobody sees a bar, and what takes seconds says nothing", () => {
  let time = 0;
  const stream = new PassThrough();
  const told = () => String(stream.read() ?? "");
  const checking = openProgress("checking", 1000, { stream, now: () => time });
  for (const value of [0, 5, 9]) checking.at(value);
  assert.equal(told(), "");
  time = 10_000;
  checking.at(50);
  assert.equal(told(), "checking: 5 %, about 4 min left\n");
  for (time = 10_001; time < 40_000; time += 7000) checking.at(100);
  assert.equal(told(), "");
  time = 40_000;
  checking.at(1000);
  checking.end();
  assert.equal(told(), "checking: 100 %\n");
  const reading = openProgress("reading", null, { stream, now: () => time });
  time += 60_000;
  reading.at(70_000);
  assert.equal(told(), "reading: 70000 bytes\n");
});
