import { namedWithId, type KeyVersion } from "../../model/key/key.js";
import { firstLines } from "./first-lines.js";
import { costText, countText, requestsText } from "../../text/amounts.js";
import { minuteText } from "../../text/clock-text.js";
import type { OtherKey } from "../../model/finding/evidence.js";
import type { FoundOthers } from "../evidence.js";

/** Who else was used from there, in lines: how many keys, which, and what networks are shared by so many that it says little. */
export function othersTexts(others: FoundOthers | string, nameOf: (keyId: string) => string, most?: number): string[] {
  if (typeof others === "string") return [others];
  const { apart, fresh, listed } = others;
  const first = fresh === apart ? ", for the first time" : `, on ${countText(fresh)} of them for the first time`;
  return [
    ...(apart === 0
      ? ["no other key was used from there"]
      : [`also used on ${keysText(apart)}${fresh === 0 ? "" : first}:`]),
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
  return `${namedWithId(display, keyId)}${owner === "" ? "" : `, ${owner}`}`;
}

/** Networks that many keys share: whoever else uses them need not have to do with this. */
function sharedTexts({ shared, keys, apart, networksLeft: left }: FoundOthers): string[] {
  const lines = shared.map(({ network, keys: users }) => `${network} is shared by ${countText(users + 1)} keys`);
  const only = keys - apart;
  return [
    ...firstLines(lines, lines.length, "shared networks"),
    ...(left > 0
      ? [
          `${countText(left)} network${left === 1 ? " with few requests was" : "s with few requests were"} not looked up`,
        ]
      : []),
    ...(only > 0 ? [`${keysText(only)} used only such shared networks: weak evidence`] : []),
  ];
}

function otherText(one: OtherKey, nameOf: (keyId: string) => string): string {
  const from = one.isSameAddress ? "from the same addresses" : "from the same networks";
  const refused = one.refused > 0 ? `, ${countText(one.refused)} of them refused` : "";
  const first =
    one.firstServedAt === null ? "never served there" : `first served there ${minuteText(one.firstServedAt)}`;
  return `${nameOf(one.keyId)}: ${requestsText(one.requests)} ${from}${refused}${costText(one.spendMicros)}, ${first}`;
}

const keysText = (count: number) => `${countText(count)} other key${count === 1 ? "" : "s"}`;
