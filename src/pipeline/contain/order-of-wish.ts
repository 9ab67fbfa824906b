import type { ContainmentOrder } from "../../contain/request-containment.js";
import { blocksOfUnknown, unknownNetworks } from "../../contain/unknown-networks.js";
import type { ContainmentAction } from "../../model/incident/containment.js";
import { isEverywhere } from "../../model/finding/breadth.js";
import { parsePrefix } from "../../model/network/address.js";
import { blockText } from "../../model/network/address-cover.js";
import { printPrefix } from "../../model/network/print-prefix.js";
import { DAY_MS } from "../../time/day.js";
import type { ContainDeps } from "./contain-deps.js";
import { readKnownBefore, type ContainedKey } from "./contained-key.js";

/** The usual rate is that of four weeks before it began: each hour of the week four times. */
const USUAL_DAYS = 28;

/** What somebody wants done; null: what is usual for it. */
export interface ContainmentWish {
  readonly action: ContainmentAction;
  readonly networks: readonly string[] | null;
  readonly limitPerMinute: number | null;
  readonly until: number;
}

/** What a wish comes to for a key at an instant (epoch ms): networks and rate, where it names none; or why that cannot be told. */
export async function orderOf(
  { store }: ContainDeps,
  { watched, blamed }: ContainedKey,
  { action, networks, limitPerMinute, until }: ContainmentWish,
  at: number,
): Promise<ContainmentOrder | { readonly problem: string }> {
  const nothing = { action, networks: [], limitPerMinute: null, until };
  if (action === "freeze") return nothing;
  if (action === "throttle") {
    if (limitPerMinute !== null) return { ...nothing, limitPerMinute };
    const { p99, minutes } = await store.contain.readMinuteRates(
      watched,
      blamed.onsetAt - USUAL_DAYS * DAY_MS,
      blamed.onsetAt,
    );
    if (minutes > 0) return { ...nothing, limitPerMinute: Math.max(1, p99) };
    return {
      problem:
        "the key was not used in the four weeks before the incident, so that no rate is usual: give one with --limit",
    };
  }
  if (networks !== null && isEverywhere(networks))
    return {
      problem:
        "these networks cover a large part of the internet, and would refuse the owner, too: name the networks of the unknown sources, or freeze the key to refuse everything",
    };
  if (networks !== null) return { ...nothing, networks: asGuardsReadThem(networks) };
  const since = blamed.unknown === null ? await store.contain.readKeyTraffic(watched, blamed.onsetAt, at) : null;
  const known = await readKnownBefore(store, { watched, blamed }, blocksOfUnknown(blamed) ?? []);
  const found = unknownNetworks(blamed, since, known);
  return "problem" in found ? found : { ...nothing, networks: found.networks };
}

/** Blocks as Plimsoll reads them: a guard may take `::ffff:198.51.100.4` for an address that nobody comes from, and refuse host bits. */
function asGuardsReadThem(networks: readonly string[]): readonly string[] {
  const blocks = networks.flatMap((network) => parsePrefix(network) ?? []);
  return [...new Set(blocks.map((block) => blockText(printPrefix(block))))].toSorted();
}
