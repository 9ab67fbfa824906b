import type { Incident } from "../../model/incident/incident.js";
import type { Subject } from "../../model/subject.js";
import type { Store } from "../../store/store.js";
import type { BlamedNetworks } from "../../store/view/blamed-usage.js";
import type { Span } from "../../store/view/key-history.js";
import { DAY_MS, HOUR_MS } from "../../time/day.js";
import type { UsageCurve } from "./usage-curve.js";

/** Blocks that one query is asked with. */
const MOST_BLOCKS = 500;

/** Networks that findings about a key blame around a span, less what a person judged benign. */
export async function readUnknownNetworks(
  store: Pick<Store, "view">,
  keyIds: readonly string[],
  span: Span,
  incidents: readonly Incident[],
): Promise<string[]> {
  // A finding is made after what it is about.
  const found = await store.view.readBlamedNetworks(keyIds, { from: span.from, to: span.to + DAY_MS });
  const benign = incidents.filter(({ verdict }) => verdict === "benign");
  const isBenign = ({ cause, lastAt }: BlamedNetworks) =>
    benign.some((one) => one.cause === cause && one.openedAt <= lastAt && lastAt <= one.lastFindingAt);
  const blocks = found.filter((one) => !isBenign(one)).flatMap(({ networks }) => networks);
  return [...new Set(blocks)].slice(0, MOST_BLOCKS);
}

/** A curve with what of it came from some networks (CIDR); as it was where there are none. */
export async function splitCurve(
  store: Pick<Store, "view">,
  subject: Subject,
  keyIds: readonly string[],
  curve: UsageCurve,
  blocks: readonly string[],
): Promise<UsageCurve> {
  if (blocks.length === 0) return curve;
  const { from, stepMs } = curve;
  const span = { from, to: from + curve.requests.length * stepMs };
  const by = stepMs === HOUR_MS ? "hour" : "minute";
  const steps = await store.view.readBlamedUsage({ keyIds, observedBy: subject.observedBy }, span, by, blocks);
  const dense = (of: (step: (typeof steps)[number]) => number) => {
    const values = curve.requests.map(() => 0);
    for (const step of steps) if (step.at < values.length) values[step.at] = of(step);
    return values;
  };
  return {
    ...curve,
    unknown: { requests: dense((one) => one.requests), spendMicros: dense((one) => one.spendMicros) },
  };
}
