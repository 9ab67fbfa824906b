import { presentIds, withFormerIds, type FormerIds } from "../../model/key/former-ids.js";
import type { Incident } from "../../model/incident/incident.js";
import type { Subject } from "../../model/subject.js";
import type { Store } from "../../store/store.js";
import type { BlamedNetworks } from "../../store/view/blamed-usage.js";
import type { Span } from "../../store/view/key-history.js";
import { DAY_MS, HOUR_MS } from "../../time/day.js";
import type { UsageCurve } from "./usage-curve.js";

/** Blocks that one query is asked with. */
const MOST_BLOCKS = 500;
/** Where all ids are of one key, none of them is told from another. */
const ONE_KEY = () => "";

/** Networks that findings about a key blame around a span, less what a person judged benign. */
export async function readUnknownNetworks(
  store: Pick<Store, "view">,
  keyIds: readonly string[],
  span: Span,
  incidents: readonly Incident[] | Promise<readonly Incident[]>,
): Promise<string[]> {
  const found = await readBlamed(store, keyIds, span, incidents, ONE_KEY);
  return [...new Set(found.flatMap(({ networks }) => networks))].slice(0, MOST_BLOCKS);
}

/** Requests of a key, by its present id, in each hour of a span from networks that findings blame on it, as one kind of observer saw them. */
export interface UnknownShare {
  readonly keyId: string;
  readonly observedBy: Subject["observedBy"];
  readonly hours: readonly number[];
}

/** How much of some keys' use came from networks that findings blame on them, in hours from `span.from` on; keys without any are not in it. Two queries, whatever their number. */
export async function readUnknownShares(
  store: Pick<Store, "view">,
  keyIds: readonly string[],
  formerIds: FormerIds,
  span: Span,
  incidents: readonly Incident[],
): Promise<UnknownShare[]> {
  const presentId = presentIds(formerIds);
  const found = await readBlamed(store, withFormerIds(formerIds, keyIds), span, incidents, presentId);
  // What a finding says of one id of a key holds of all of them.
  const blocks = new Map(
    found.flatMap(({ keyId, networks }) =>
      networks.flatMap((block) =>
        withFormerIds(formerIds, [presentId(keyId)]).map((id) => [`${id} ${block}`, { keyId: id, block }] as const),
      ),
    ),
  );
  const used = await store.view.readUnknownHours([...blocks.values()].slice(0, MOST_BLOCKS), span);
  const shares = new Map<string, UnknownShare & { readonly hours: number[] }>();
  for (const { keyId, observedBy, at, requests } of used) {
    const name = `${observedBy} ${presentId(keyId)}`;
    const hours =
      shares.get(name)?.hours ?? Array.from({ length: Math.ceil((span.to - span.from) / HOUR_MS) }, () => 0);
    for (const [i, hour] of at.entries()) if (hour < hours.length) hours[hour] = hours[hour]! + requests[i]!;
    shares.set(name, { keyId: presentId(keyId), observedBy, hours });
  }
  return [...shares.values()];
}

async function readBlamed(
  store: Pick<Store, "view">,
  keyIds: readonly string[],
  span: Span,
  incidents: readonly Incident[] | Promise<readonly Incident[]>,
  presentId: (keyId: string) => string,
): Promise<BlamedNetworks[]> {
  const [found, known] = await Promise.all([
    // A finding is made after what it is about.
    store.view.readBlamedNetworks(keyIds, { from: span.from, to: span.to + DAY_MS }),
    incidents,
  ]);
  const benign = known.filter(({ verdict }) => verdict === "benign");
  const isBenign = ({ keyId, cause, lastAt }: BlamedNetworks) =>
    benign.some(
      (one) =>
        one.cause === cause &&
        [one.keyId ?? "", ...one.keys].some((id) => presentId(id) === presentId(keyId)) &&
        one.openedAt <= lastAt &&
        lastAt <= one.lastFindingAt,
    );
  return found.filter((one) => !isBenign(one));
}

/** A curve of a span by minutes or hours with what of it came from some networks (CIDR), which is asked meanwhile; as it was where there are none. */
export async function splitCurve(
  store: Pick<Store, "view">,
  { keyIds, observedBy }: { readonly keyIds: readonly string[]; readonly observedBy: Subject["observedBy"] },
  span: Span & { readonly by: "minute" | "hour" },
  whole: Promise<UsageCurve>,
  blocks: readonly string[],
): Promise<UsageCurve> {
  if (blocks.length === 0) return whole;
  const readSteps = store.view.readBlamedUsage({ keyIds, observedBy }, span, span.by, blocks);
  const [curve, steps] = await Promise.all([whole, readSteps]);
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
