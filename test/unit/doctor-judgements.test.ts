import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Diagnosis } from "../../src/commands/diagnosis.js";
import { judgeRedisSettings } from "../../src/commands/judge-redis.js";
import * as judge from "../../src/commands/doctor-judgements.js";
import { judgeReports } from "../../src/commands/judge-reports.js";
import { judgeSchedules } from "../../src/commands/judge-schedules.js";
import { readConfig } from "../../src/config.js";
import type { CheckLag } from "../../src/pipeline/view/check-state.js";
import { openrouter } from "../../src/pull/openrouter.js";
import type { ScheduleState } from "../../src/queue/judge-schedule.js";
import { explainRedis } from "../../src/store/problem/dependency-problem.js";

const now = Date.UTC(2026, 2, 8, 2, 11);
const minutes = (count: number) => count * 60_000;
const reading = (of: string, offsetMs: number, uncertaintyMs = 0) => ({ of, offsetMs, uncertaintyMs });
const observed = (silentMs: number, lagMs: number) => ({
  source: "gateway",
  writtenAt: now - silentMs,
  minuteAt: now - lagMs,
});
const checked = (reason: CheckLag | null) => ({
  checkedUntil: now,
  evaluatedUntil: now,
  checks: reason === null ? null : { reason, text: reason },
  learning: null,
});
const jobs = ["check-keys", "deliver-pages"];
const scheduled = (nextAt: number | null, state: ScheduleState = "right") =>
  jobs.map((job) => ({ job, state, nextAt }));
const onDisk = { isAppending: true, appendfsync: "always", replicas: 0 };
const sound = { maxmemory_policy: "noeviction", maxmemory: "100", used_memory: "60" };
const sentAll = { waiting: 0, oldestAt: null, waitingProblem: "", failed: 0, problem: "" };
const config = readConfig({ PLIMSOLL_OPENROUTER_MANAGEMENT_KEY: "sk-or-v1-x" });
const pulled = (agoMs: number | null) => {
  const pulls =
    agoMs === null
      ? []
      : [{ provider: "openrouter", report: "activity", pulledAt: now - agoMs, askedAt: now - agoMs, until: now }];
  return judgeReports([openrouter], config, { pulls, unread: [] }, now);
};
const worst = (diagnoses: readonly Diagnosis[]) =>
  (["fail", "warn", "ok"] as const).find((state) => diagnoses.some((one) => one.state === state));

const table: readonly (readonly [what: string, diagnoses: Diagnosis | readonly Diagnosis[], state: string])[] = [
  ["the oldest ClickHouse that is supported", judge.judgeVersion("ClickHouse", "24.8.1.1"), "ok"],
  ["a newer one", judge.judgeVersion("ClickHouse", "26.7.2.1"), "ok"],
  ["one that is too old", judge.judgeVersion("ClickHouse", "24.7.9.9"), "fail"],
  ["the oldest Redis that is supported", judge.judgeVersion("Redis", "6.2.0"), "ok"],
  ["a Redis that is too old", judge.judgeVersion("Redis", "5.0.14"), "fail"],
  ["a version that nobody can read", judge.judgeVersion("Redis", ""), "warn"],
  ["clocks two seconds apart", judge.judgeClocks([reading("ClickHouse", 2_000)]), "ok"],
  ["a clock that is behind by more", judge.judgeClocks([reading("ClickHouse", -2_001)]), "warn"],
  ["a clock that is far ahead", judge.judgeClocks([reading("Redis", 30_001)]), "fail"],
  ["two that go apart", judge.judgeClocks([reading("ClickHouse", -1_500), reading("Redis", 1_500)]), "warn"],
  ["a slow answer instead of a wrong clock", judge.judgeClocks([reading("Redis", 4_000, 2_500)]), "ok"],
  ["no clock to compare with", judge.judgeClocks([]), "warn"],
  ["Redis as it should be", judgeRedisSettings(sound, onDisk, { durable: "disk", wanted: 1 }), "ok"],
  [
    "no limit on memory",
    judgeRedisSettings({ ...sound, maxmemory: "0" }, onDisk, { durable: "disk", wanted: 1 }),
    "warn",
  ],
  [
    "Redis that is nearly full",
    judgeRedisSettings({ ...sound, used_memory: "71" }, onDisk, { durable: "disk", wanted: 1 }),
    "warn",
  ],
  [
    "Redis without a file",
    judgeRedisSettings(sound, { ...onDisk, isAppending: false }, { durable: "memory", wanted: 1 }),
    "warn",
  ],
  [
    "Redis that answers before it writes",
    judgeRedisSettings(sound, { ...onDisk, appendfsync: "everysec" }, { durable: "disk", wanted: 1 }),
    "warn",
  ],
  [
    "Redis that may not be asked",
    judgeRedisSettings(sound, { ...onDisk, appendfsync: null }, { durable: "disk", wanted: 1 }),
    "warn",
  ],
  [
    "Redis that may answer before it writes",
    judgeRedisSettings(sound, { ...onDisk, appendfsync: "everysec" }, { durable: "memory", wanted: 1 }),
    "ok",
  ],
  [
    "Redis without the replica that is asked for",
    judgeRedisSettings(sound, onDisk, { durable: "replica", wanted: 1 }),
    "fail",
  ],
  [
    "Redis with a replica",
    judgeRedisSettings(sound, { ...onDisk, replicas: 1 }, { durable: "replica", wanted: 1 }),
    "ok",
  ],
  [
    "Redis that may evict",
    judgeRedisSettings({ ...sound, maxmemory_policy: "volatile-lru" }, onDisk, { durable: "disk", wanted: 1 }),
    "fail",
  ],
  ["Redis that tells nothing", judgeRedisSettings({}, onDisk, { durable: "disk", wanted: 1 }), "warn"],
  ["schedules that are due", judgeSchedules(scheduled(now - minutes(4)), now, true), "ok"],
  ["schedules that nobody works on", judgeSchedules(scheduled(now - minutes(6)), now, true), "warn"],
  ["no schedule before the first check", judgeSchedules(scheduled(null, "absent"), now, false), "warn"],
  ["no schedule since", judgeSchedules(scheduled(null, "absent"), now, true), "fail"],
  ["one schedule of two", judgeSchedules([...scheduled(now), ...scheduled(null, "absent")], now, false), "fail"],
  ["schedules two hours ahead", judgeSchedules(scheduled(now + minutes(120), "too_far"), now, true), "fail"],
  ["a schedule without its job", judgeSchedules(scheduled(now - minutes(2), "broken"), now, true), "fail"],
  ["events of this minute", judge.judgeIngest(observed(1_000, 30_000), now), "ok"],
  ["silence", judge.judgeIngest(observed(minutes(11), minutes(12)), now), "warn"],
  ["old events that come now", judge.judgeIngest(observed(1_000, minutes(30)), now), "warn"],
  ["no event ever", judge.judgeIngest(null, now), "warn"],
  ["pages that all went out", judge.judgePages(sentAll, now), "ok"],
  ["a page that was written just now", judge.judgePages({ ...sentAll, waiting: 1, oldestAt: now - 5000 }, now), "ok"],
  [
    "a page whose first try failed",
    judge.judgePages({ ...sentAll, waiting: 1, oldestAt: now - 5000, waitingProblem: "no answer" }, now),
    "warn",
  ],
  ["a page that waits", judge.judgePages({ ...sentAll, waiting: 1, oldestAt: now - minutes(2) }, now), "warn"],
  ["a page that was refused", judge.judgePages({ ...sentAll, failed: 1, problem: "400" }, now), "warn"],
  ["checks that are up to date", judge.judgeCheckState(checked(null)), "ok"],
  ["checks that stand", judge.judgeCheckState(checked("standing")), "warn"],
  ["sources that fell silent", judge.judgeCheckState(checked("no_source_reporting")), "warn"],
  ["checks before the first event", judge.judgeCheckState(checked("nothing_received")), "ok"],
  ["checks that catch up", judge.judgeCheckState(checked("catching_up")), "ok"],
  ["reports that were read in their time", pulled(minutes(100)), "ok"],
  ["reports that could not be read since", pulled(minutes(130)), "warn"],
  ["reports that were never read", pulled(null), "warn"],
  ["a full set of migrations", judge.judgeMigrations([]), "ok"],
  ["a missing migration", judge.judgeMigrations(["019_create_key_versions"]), "fail"],
];

describe("doctor", () => {
  for (const [what, diagnoses, state] of table) {
    it(`calls ${what} ${state}`, () => {
      const all = [diagnoses].flat();
      assert.equal(worst(all), state);
      for (const one of all)
        assert.equal(one.fix === undefined, one.state === "ok", "says what to do unless all is well");
    });
  }

  it("says nothing of the command that a Redis error carries", () => {
    const error = Object.assign(new Error("WRONGPASS invalid username-password pair"), {
      command: { name: "hello", args: ["3", "AUTH", "default", "hidden-word"] },
    });
    assert.ok(!JSON.stringify(explainRedis(error)).includes("hidden-word"));
  });

  it("says of sentinels what is wrong with which part of REDIS_URL", () => {
    const all = (last: string) => new Error(`All sentinels are unreachable and retry is disabled. Last error: ${last}`);
    const fixes = [
      "ERR No such master with that name",
      "WRONGPASS invalid username-password pair",
      "Connection is closed.",
    ];
    assert.deepEqual(
      fixes.map((last) => explainRedis(all(last)).fix.split(" in REDIS_URL")[0]),
      [
        "correct ?name=",
        "correct &sentinel_password= (and &sentinel_user=)",
        "start the sentinels, or correct their hosts and ports (26379 usually)",
      ],
    );
  });
});
