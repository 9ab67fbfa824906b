import type { ProfileRequest } from "../../../src/local/simulator/key-profile.js";
import { thresholds } from "../../../src/detect/threshold.js";
import { openBench } from "../open-bench.js";
import type { KeyDigest } from "./digest.js";
import { outcomes } from "./metrics.js";
import type { FleetOrder } from "./protocol.js";
import { table } from "./report.js";
import { shareWork, showProgress } from "./share-work.js";

/** Fleets of another shape than the one that thresholds were fitted to. */
const FLEETS: Readonly<Record<string, readonly ProfileRequest[]>> = {
  "machines: batches, pollers, builds, servers that come and go": [
    { kind: "cron" },
    { kind: "flat", sources: "autoscaled" },
    { kind: "ci" },
    { kind: "poller" },
    { kind: "nightly", sources: "ephemeral" },
  ],
  "people: by day and in the evening, from hundreds of addresses at many providers": [
    { kind: "business", sources: "clients" },
    { kind: "evening", sources: "clients" },
    { kind: "mixed", sources: "clients" },
  ],
  "little used: a request every four minutes, one key in ten new": [{ meanPerMinute: 0.25 }],
};
/** Nothing was tuned on these seeds. */
const SEEDS = [3001, 3002] as const;
/** False pages and notices per 1,000 key-days. */
const STATED = [0.1, 0.48, 1, 5, 10] as const;

const { given, report } = openBench<{ readonly keys: number }>(
  "false-pages",
  "How often Plimsoll pages without a theft, on simulated fleets of other shapes than that which its thresholds were fitted to.",
  { keys: { about: "keys of each fleet, over all seeds", usual: 480 } },
  () => SEEDS,
);

const script = new URL("./own-score-worker.js", import.meta.url);
const found = [];
for (const [fleet, profiles] of Object.entries(FLEETS)) {
  const orders = SEEDS.map((seed): FleetOrder => {
    return { seed, keys: Math.ceil(given.keys / SEEDS.length), attacksPerKind: 0, kinds: [], profiles };
  });
  const keys = await shareWork<KeyDigest>(script, orders, showProgress(fleet));
  const rates = STATED.map((stated) => {
    const judged = outcomes(keys, 0, thresholds(stated, stated).page);
    const keyDays = judged.reduce((sum, { benignDays }) => sum + benignDays, 0);
    const seen = judged.reduce((sum, { falsePages }) => sum + falsePages, 0);
    return { stated, expected: (stated * keyDays) / 1000, seen, per1000: (1000 * seen) / keyDays, keyDays };
  });
  const rows = rates.map(({ stated, expected, seen, per1000 }) => {
    return [`${stated}`, expected.toFixed(1), `${seen}`, per1000.toFixed(2), (per1000 / stated).toFixed(2)];
  });
  console.log(`## ${fleet}\n\n${Math.round(rates[0]!.keyDays).toLocaleString("en-US")} benign key-days\n`);
  console.log(`${table(["stated per 1,000 key-days", "expected", "seen", "per 1,000", "of stated"], rows)}\n`);
  found.push({ fleet, rates });
}
report({ found });
