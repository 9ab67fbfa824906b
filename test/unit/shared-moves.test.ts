import assert from "node:assert/strict";
import { test } from "node:test";
import { sharedByAll } from "../../src/detect/additive-share.js";
import { scoreOfNewSources } from "../../src/detect/fusion.js";
import { measure, type KeyTick } from "../../src/detect/measure.js";
import { judgeSharedNetwork } from "../../src/detect/shared-network.js";
import { surpriseUnder } from "../../src/detect/surprise.js";
import { thresholds } from "../../src/detect/threshold.js";
import { Random } from "../../src/local/simulator/random.js";
import { NOVELTY_LEVELS } from "../../src/model/finding/novelty.js";
import { perWindow, WINDOW_MINUTES, type PerWindow } from "../../src/model/finding/window.js";
import { expecting, FROM_HOSTING, keyTick, novelAt } from "../helpers/key-tick.js";

const LIMITS = thresholds(1, 10);
const DAY = 1440;
const HISTORY = surpriseUnder({
  days: Array.from({ length: 9 }, (_, i) => ({ daysAgo: i + 1, bins: [] })),
  taughtDays: 9,
  isSuspect: false,
});
/** Minutes after the network was first used. */
const TICKS = [15, 20, 25, 30, 45, 60, 90, 120, 240, 480];

/** A key's requests a minute, whether all of them come from the new network since it was first used, and how many of somebody else do. */
interface Story {
  readonly perMinute: number;
  readonly isMoved?: boolean;
  readonly added?: number;
}

const moved = (perMinute: number): Story => ({ perMinute, isMoved: true });
const stolen = (perMinute: number, added: number): Story => ({ perMinute, added });

/** The highest score of the network at any of the ticks, of Poisson traffic. */
function highest(stories: readonly Story[], seed: number): number {
  const random = new Random(seed, "moves");
  const keys = stories.map((story) => play(story, random));
  return Math.max(
    ...TICKS.map((at) => {
      const ticks = keys.map((key) => key(at)).filter(({ novel }) => novel.requests[0]![3] > 0);
      const shareOf = sharedByAll(ticks);
      const scores = ticks.map((tick) =>
        scoreOfNewSources(measure(tick, shareOf).bins, HISTORY, { isPlaced: true, firstDays: null, heldBack: 0 }),
      );
      return judgeSharedNetwork(scores, Math.max(scores.length, 10))?.score ?? 0;
    }),
  );
}

function play({ perMinute, isMoved = false, added = 0 }: Story, random: Random): (at: number) => KeyTick {
  const minutes = Array.from({ length: DAY + TICKS.at(-1)! }, (_, minute) => {
    const [own, other] = [random.poisson(perMinute), minute >= DAY && added > 0 ? random.poisson(added) : 0];
    return { all: own + other, fromThere: other + (isMoved && minute >= DAY ? own : 0) };
  });
  return (at) => {
    const within = (w: number, of: (minute: (typeof minutes)[number]) => number) =>
      minutes.slice(DAY + at - WINDOW_MINUTES[w]!, DAY + at).reduce((sum, minute) => sum + of(minute), 0);
    const requests: PerWindow = perWindow((w) => within(w, ({ all }) => all));
    const fromThere = perWindow((w) => within(w, (minute) => minute.fromThere));
    return keyTick({
      requests,
      expectation: expecting(perMinute),
      novel: novelAt(FROM_HOSTING, fromThere),
      ageDays: 11,
    });
  };
}

const seeds = Array.from({ length: 8 }, (_, i) => i);
const highestOf = (stories: readonly Story[]) => seeds.map((seed) => highest(stories, seed));
const times = (count: number, story: Story) => Array.from({ length: count }, () => story);

test("keys that move together to one new network are worth no notice, whether they are few or many, busy or quiet", () => {
  for (const stories of [
    times(4, moved(0.5)),
    times(4, moved(5)),
    times(2, moved(0.5)),
    times(12, moved(0.1)),
    [moved(0.05), moved(0.2), moved(1), moved(10)],
  ]) {
    assert.ok(Math.max(...highestOf(stories)) < LIMITS.notice, JSON.stringify([stories, highestOf(stories)]));
  }
});

test("somebody who uses several keys from one new network pages, however small beside the keys' own traffic", () => {
  for (const stories of [times(4, stolen(0.5, 0.5)), times(4, stolen(0.5, 0.1)), times(20, stolen(4, 0.1))]) {
    assert.ok(Math.min(...highestOf(stories)) >= LIMITS.page, JSON.stringify([stories, highestOf(stories)]));
  }
});

test("an attacker who starts on several keys just when one key's owner moves to the same network pages as if nobody had moved", () => {
  for (const one of [moved(0.05), moved(0.5), moved(5), { ...moved(0.5), added: 0.5 }]) {
    const found = highestOf([...times(3, stolen(0.5, 0.5)), one]);
    assert.ok(Math.min(...found) >= LIMITS.page, JSON.stringify([one, found]));
  }
});

test("a route that several keys use for the first time is no matter of moving", () => {
  const tick = keyTick({
    novel: novelAt(
      ["route"],
      perWindow(() => 10),
    ),
  });
  const route = NOVELTY_LEVELS.indexOf("route");
  assert.deepEqual(measure(tick, sharedByAll([tick, tick])), measure(tick));
  assert.deepEqual(measure(tick, sharedByAll([tick, tick])).additiveShare[route], [1, 1, 1, 1]);
});
