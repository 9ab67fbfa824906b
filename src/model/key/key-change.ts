/** What a version of a key says of what people change: instants are epoch ms, dollars a month. */
export interface KeyTerms {
  readonly limitPerMinute: number | null;
  readonly monthlyBudgetUsd: number | null;
  readonly allowedCidrs: readonly string[];
  readonly scopes: readonly string[];
  /** The key that this one succeeds, or "". */
  readonly replaces: string;
  readonly rotateBy: number | null;
  readonly revokedAt: number | null;
}

/** A change of a registered key, beside what stood before it. */
export interface KeyChange {
  readonly keyId: string;
  readonly display: string;
  readonly owner: string;
  readonly service: string;
  readonly environment: string;
  readonly routingRef: string;
  /** From when on it counts, and when it was written; epoch ms. */
  readonly validFrom: number;
  readonly recordedAt: number;
  /** Who wrote it: the name of a token, or cli and the user. */
  readonly recordedBy: string;
  readonly now: KeyTerms;
  readonly former: KeyTerms;
  /** Keys that were changed by the same act. */
  readonly keysOfAct: number;
}

const LISTED = 5;

/** What was changed, one sentence without its end for each thing, the gravest first. */
export function changeTexts({ now, former }: Pick<KeyChange, "now" | "former">): string[] {
  const said = [
    now.revokedAt === former.revokedAt
      ? ""
      : now.revokedAt === null
        ? "no longer revoked"
        : `revoked from ${dayText(now.revokedAt)} on`,
    now.replaces === former.replaces || now.replaces === "" ? "" : `replaces ${now.replaces}`,
    now.rotateBy === former.rotateBy
      ? ""
      : now.rotateBy === null
        ? "no longer due for rotation"
        : `to be replaced by ${dayText(now.rotateBy)}`,
    fromTo("limit", now.limitPerMinute, former.limitPerMinute, (limit) => `${limit}/min`),
    fromTo("monthly budget", now.monthlyBudgetUsd, former.monthlyBudgetUsd, (usd) => `$${usd}`),
    listText("allowed networks", now.allowedCidrs, former.allowedCidrs),
    listText("scopes", now.scopes, former.scopes),
  ];
  return said.filter((text) => text !== "");
}

function fromTo(name: string, now: number | null, former: number | null, textOf: (value: number) => string): string {
  if (now === former) return "";
  return `${name} ${former === null ? "none" : textOf(former)} → ${now === null ? "none" : textOf(now)}`;
}

function listText(name: string, now: readonly string[], former: readonly string[]): string {
  const added = now.filter((one) => !former.includes(one));
  const removed = former.filter((one) => !now.includes(one));
  const some = (sign: string, list: readonly string[]) => [
    ...list.slice(0, LISTED).map((one) => `${sign}${one}`),
    ...(list.length > LISTED ? [`${sign}${list.length - LISTED} more`] : []),
  ];
  const changes = [...some("+", added), ...some("-", removed)];
  return changes.length === 0 ? "" : `${name} ${changes.join(" ")}`;
}

function dayText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
