import { countText, dollarText } from "../../detect/evidence.js";
import { parsePrefix } from "../../model/network/address.js";
import { MOST_BLOCKS, networkAround } from "../../model/network/address-cover.js";
import type { KeyVersion } from "../../model/key/key.js";
import { NO_ADDRESS_BLOCK } from "../../model/network/no-address.js";
import { printPrefix } from "../../model/network/print-prefix.js";
import type { OtherKey, OtherKeys } from "../../store/page/other-keys.js";
import type { Store } from "../../store/store.js";
import { firstLines } from "../../page/compose/first-lines.js";

/** A network that so many keys used before is an egress, a proxy or a carrier: that one more uses it says little. */
const SHARED_FROM = 20;
/** Keys that are listed; how many there are is counted in full. */
const LISTED = 20;

/** Whose sources are looked for: those of a key, in blocks or single addresses, the busiest first; a span and the onset in epoch ms. */
export interface Whose {
  readonly keyId: string;
  readonly sources: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly onset: number;
}

/** Who else was used from some sources, and how many of their networks were too many to be looked up. */
export interface FoundOthers extends OtherKeys {
  readonly networksLeft: number;
}

/** The same, or a sentence on why nobody was looked for; null where there are no sources. */
export type Others = FoundOthers | string | null;

/** Looks for the sources of a key on all others, in one query: at most in their 128 busiest networks. Never throws: what it is part of must not wait for it. */
export async function lookUpOthers(store: Pick<Store, "readOtherKeys">, whose: Whose): Promise<Others> {
  const networks = new Set<string>();
  const left = new Set<string>();
  const blocks: string[] = [];
  for (const source of whose.sources) {
    const block = parsePrefix(source);
    if (block === null || printPrefix(block) === NO_ADDRESS_BLOCK) continue;
    if (block.bits < (block.words.length === 1 ? 24 : 64)) return "not looked up: its sources are in too many networks";
    const around = printPrefix(networkAround(block));
    if (networks.size < MOST_BLOCKS) networks.add(around);
    if (networks.has(around)) blocks.push(source);
    else left.add(around);
  }
  if (blocks.length === 0) return null;
  const { keyId, from, to, onset } = whose;
  const question = { keyId, from, to, onset, blocks, sharedFrom: SHARED_FROM, most: LISTED };
  return store.readOtherKeys(question).then(
    (found) => ({ ...found, networksLeft: left.size }),
    () => "could not be read in time",
  );
}

/** Who else was used from there, in lines: how many keys, which, and what networks are shared by so many that it says little. */
export function othersTexts(others: FoundOthers | string, nameOf: (keyId: string) => string, most?: number): string[] {
  if (typeof others === "string") return [others];
  const { apart, fresh, listed } = others;
  const since = fresh === apart ? "never before" : `on ${countText(fresh)} of them never before`;
  return [
    ...(apart === 0 ? ["no other key was used from there"] : [`also used on ${keysText(apart)}, ${since}:`]),
    ...firstLines(
      listed.filter(({ isShared }) => !isShared).map((one) => otherText(one, nameOf)),
      apart,
      "keys",
      most,
    ),
    ...sharedTexts(others),
  ];
}

/** A key as people know it. */
export function keyText(keyId: string, registry: ReadonlyMap<string, Pick<KeyVersion, "display" | "owner">>): string {
  const { display = "", owner = "" } = registry.get(keyId) ?? {};
  return `${display === "" ? keyId : `${display} (${keyId})`}${owner === "" ? "" : `, ${owner}`}`;
}

/** Networks that many keys share: whoever else uses them need not have to do with this. */
function sharedTexts({ shared, keys, apart, networksLeft: left }: FoundOthers): string[] {
  const lines = shared.map(
    ({ network, keys: users }) => `${network} is a shared network of ${countText(users + 1)} keys`,
  );
  const only = keys - apart;
  return [
    ...firstLines(lines, lines.length, "shared networks"),
    ...(left > 0 ? [`${countText(left)} networks of few requests were not looked up`] : []),
    ...(only > 0 ? [`${keysText(only)} used only such a network: that says little`] : []),
  ];
}

function otherText(one: OtherKey, nameOf: (keyId: string) => string): string {
  const from = one.isSameAddress ? "from the same addresses" : "from the same networks";
  const refused = one.refused > 0 ? `, ${countText(one.refused)} of them refused` : "";
  const cost = one.spendMicros > 0 ? `, ${dollarText(one.spendMicros)}` : "";
  const first = one.firstServedAt === null ? "never served there" : `first served there ${timeText(one.firstServedAt)}`;
  return `${nameOf(one.keyId)}: ${countText(one.requests)} requests ${from}${refused}${cost}, ${first}`;
}

const keysText = (count: number) => `${countText(count)} other key${count === 1 ? "" : "s"}`;
const timeText = (at: number) => `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
