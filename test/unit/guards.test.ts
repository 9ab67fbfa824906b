import assert from "node:assert/strict";
import { test } from "node:test";
import { EXPERTS } from "../../src/detect/experts.js";
import { thresholds } from "../../src/detect/threshold.js";
import { highest, host, liveThrough, type Caller } from "../helpers/key-life.js";

/** What a small fleet allows by default: about one page in 1,000 key-days. */
const { page } = thresholds(1, 10);
const DAY = 1440;
const OWN = host(1, "cloud");
const OTHER = host(2, "hosting");
const SECOND = host(3, "cloud");

/** Office hours: ten a minute at noon, two at night. */
const office = (minute: number) => 6 - 4 * Math.cos((2 * Math.PI * (minute % DAY)) / DAY);
const owner = (perMinute: number, source = OWN): Caller => ({ source, perMinute });

/** Share of the ticks after the first page that are above the page threshold, up to a day's end. */
function heldShare(scores: Float64Array, from: number, to: number): number {
  const attack = scores.slice(Math.floor(from * 288), Math.floor(to * 288));
  const first = attack.findIndex((score) => score >= page);
  assert.ok(first >= 0, `never paged: ${Math.max(...attack)}`);
  return attack.slice(first).filter((score) => score >= page).length / (attack.length - first);
}

test("an attacker at eight tenths of the limit is paged within 15 minutes, and stays above the threshold for 24 hours", () => {
  const { scores } = liveThrough({
    days: 22,
    limitPerMinute: 100,
    callers: (minute) => {
      const usual = office(minute);
      const isStolen = minute >= 20.5 * DAY && minute < 21.5 * DAY;
      return isStolen ? [owner(usual), { source: OTHER, perMinute: 80 - usual, exact: true }] : [owner(usual)];
    },
  });
  assert.ok(highest(scores, 4, 20.5) < page, `${highest(scores, 4, 20.5)} before`);
  assert.ok(highest(scores, 20.5, 20.5 + 15 / DAY) >= page, `${highest(scores, 20.5, 20.5 + 15 / DAY)}`);
  assert.ok(heldShare(scores, 20.5, 21.5) >= 0.95, `${heldShare(scores, 20.5, 21.5)}`);
});

test("an attacker who is there for three weeks is never learned, nor one who comes each night", () => {
  const isNight = (minute: number) => minute % DAY < 5 * 60;
  const life = (isStolen: (minute: number) => boolean) =>
    liveThrough({
      days: 40,
      limitPerMinute: 200,
      callers: (minute) => {
        const isThere = minute >= 18 * DAY && isStolen(minute);
        return isThere ? [owner(office(minute)), { source: OTHER, perMinute: 40 }] : [owner(office(minute))];
      },
    }).scores;
  const always = life(() => true);
  assert.ok(heldShare(always, 18, 40) >= 0.95, `${heldShare(always, 18, 40)}`);
  const nights = life(isNight);
  for (let day = 18; day < 40; day += 1) assert.ok(highest(nights, day, day + 5 / 24) >= page, `night ${day - 17}`);
});

test("an attacker who climbs for three days is above the threshold for a whole day of the plateau", () => {
  const [from, plateau] = [18 * DAY, 21 * DAY];
  const { scores } = liveThrough({
    days: 23,
    limitPerMinute: 200,
    callers: (minute) => {
      const climbed = Math.max(0, Math.min(1, (minute - from) / (plateau - from)));
      const usual = owner(office(minute));
      return climbed === 0 ? [usual] : [usual, { source: OTHER, perMinute: 40 * climbed }];
    },
  });
  assert.ok(heldShare(scores, 21, 22) >= 0.95, `${heldShare(scores, 21, 22)}`);
});

test("a migration without extra volume does not page, at once or with a canary", () => {
  for (const canary of [0, 6 * 60]) {
    const { scores } = liveThrough({
      days: 30,
      limitPerMinute: 100,
      callers: (minute) => {
        const [usual, moved] = [office(minute), minute - 20.4 * DAY];
        if (moved < -canary) return [owner(usual)];
        return moved < 0 ? [owner(0.9 * usual), owner(0.1 * usual, SECOND)] : [owner(usual, SECOND)];
      },
    });
    assert.ok(highest(scores, 20, 30) < page, `${highest(scores, 20, 30)} with ${canary} minutes of canary`);
  }
});

test("a batch that saturates the limit each night does not page after seven nights, nor does a key that always runs at 78 of 100", () => {
  const batch = liveThrough({
    days: 30,
    limitPerMinute: 100,
    callers: (minute) => [owner(minute % DAY < 180 ? 100 : 1)],
  }).scores;
  assert.ok(highest(batch, 7, 30) < page, `${highest(batch, 7, 30)}`);
  const full = liveThrough({
    days: 30,
    limitPerMinute: 100,
    callers: () => [{ source: OWN, perMinute: 78, exact: true }],
  }).scores;
  assert.ok(highest(full, 0, 30) < page, `${highest(full, 0, 30)}`);
});

test("a new key does not page from the networks that it was founded in", () => {
  const { scores } = liveThrough({
    days: 12,
    limitPerMinute: 100,
    callers: (minute) => [owner(office(minute)), ...(minute > 30 * 60 ? [owner(5, OTHER)] : [])],
  });
  assert.ok(highest(scores, 0, 12) < page, `${highest(scores, 0, 12)}`);
});

test("ten times the traffic under ten times the limit changes the rate's part of the score by less than 0.5", () => {
  const life = (scale: number) =>
    liveThrough({
      days: 24,
      limitPerMinute: 2000 * scale,
      scale,
      // Enough of it that what wanders, not counting, is its noise: a count times ten is no larger draw by chance.
      callers: (minute) => [
        owner(8 * office(minute) * (1 + 0.3 * Math.sin(minute / 97)) * (minute > 22 * DAY ? 1.5 : 1)),
      ],
    }).rateSurprise;
  const [once, tenfold] = [life(1), life(10)];
  const part = EXPERTS.known_network.weights.usage;
  const largest = once.reduce(
    (most, rate, tick) => (tick < 18 * 288 ? most : Math.max(most, Math.abs(rate - tenfold[tick]!) * part)),
    0,
  );
  assert.ok(largest < 0.5, `${largest}`);
  assert.ok(once.some((rate) => rate > 1));
});
