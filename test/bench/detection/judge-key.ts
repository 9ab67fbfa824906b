import type { Fleet } from "../../../src/local/simulator/fleet.js";
import { SLOT_MS } from "../../../src/model/finding/window.js";
import { benignTicks, digest, isJudged, type KeyDigest } from "./digest.js";
import { firstDaysCase } from "./first-days-case.js";
import type { FleetLog } from "./fleet-log.js";
import { judgeKeyLife } from "./judge-key-life.js";
import { FIRST_JUDGED_TICK, FROM, TICKS } from "./protocol.js";
import { grafanaAdaptive, grafanaRobust } from "./rivals/grafana-bands.js";
import { ewmaChart, medianMad, zScore } from "./rivals/hour-of-week.js";
import { newSystem, SystemsLog } from "./rivals/new-system.js";
import type { Rival } from "./rivals/rival.js";
import { staticLimit } from "./rivals/static-limit.js";
import type { DayTraffic } from "./day-traffic.js";
import { KeyTraffic } from "./traffic-of-key.js";
import { VARIANTS, variantScore } from "./variants.js";

/** The detectors of others, in the order of the table. */
export const RIVALS: readonly Rival[] = [
  staticLimit,
  zScore,
  medianMad,
  ewmaChart,
  grafanaAdaptive,
  grafanaRobust,
  newSystem,
];

/** Positions of the detectors in a key's digests: ours, its variants, the rivals. */
export const OURS = 0;
export const FIRST_VARIANT = 1;
export const FIRST_RIVAL = FIRST_VARIANT + VARIANTS.length;

/** Lives through one key and condenses what every detector says of it. */
export function judgeKey(fleet: Fleet, log: FleetLog, seed: number, index: number): KeyDigest {
  const key = new KeyTraffic(fleet, index);
  const systems = new SystemsLog(TICKS);
  const ours = Array.from({ length: FIRST_RIVAL }, () => new Float32Array(TICKS));
  const days = logged(key.days(), systems);
  const beginning = log.beginningOf(index);
  const life = { limitPerMinute: key.limitPerMinute, days, beginning };
  judgeKeyLife(life, FIRST_JUDGED_TICK, (tick, _, result) => {
    if (result === null) return;
    ours[OURS]![tick] = result.value;
    for (let v = 0; v < VARIANTS.length; v += 1) ours[FIRST_VARIANT + v]![tick] = variantScore(v, result);
  });
  const bornSlot = key.bornAt === null ? TICKS : Math.floor((key.bornAt - FROM) / SLOT_MS);
  const { requests, limitPerMinute } = key;
  const slots = { requests, limitPerMinute, bornSlot, fromNewSystems: systems.fromNewSystems };
  const thefts = key.thefts();
  const judged = thefts.filter(isJudged);
  const benign = benignTicks(TICKS, bornSlot, thefts);
  return {
    truth: {
      seed,
      index,
      benignTicks: benign.reduce((sum, is) => sum + is, 0),
      attacks: judged.map((theft) => {
        const { kind, origin, copiesClient, from, spendUntil } = theft;
        const firstDays = firstDaysCase(theft, beginning);
        return { kind, origin, copiesClient, firstDays, from, spendMicros: spendUntil.at(-1)! };
      }),
    },
    detectors: [...ours, ...RIVALS.map((rival) => rival.judge(slots))].map((scores) => digest(scores, benign, judged)),
  };
}

function* logged(days: Iterable<DayTraffic>, systems: SystemsLog): Generator<DayTraffic, void, undefined> {
  for (const day of days) {
    systems.add(day);
    yield day;
  }
}
