import { OUTSIDE_ALLOWED_BOUND } from "../../detect/rules/outside-allowed.js";
import { isPage } from "../../model/incident/page.js";
import type { KeyVersion } from "../../model/key/key.js";
import { ruleName } from "../../model/key/rule.js";
import { ALL_KEYS, rulesOfKeys } from "../../model/key/rules-of-keys.js";

/** What needs no baseline, a sentence each: its allowed networks, its end, and fixed rules. */
export function ruleTexts(keyId: string, registry: ReadonlyMap<string, KeyVersion>): string[] {
  const key = registry.get(keyId);
  // Those of all other keys are not gone through.
  const concerned = [registry.get(ALL_KEYS), key].flatMap((one) =>
    one === undefined ? [] : [[one.keyId, one] as const],
  );
  return [
    ...(key === undefined || key.allowedCidrs.length === 0
      ? []
      : [`what is served outside its allowed networks pages from ${OUTSIDE_ALLOWED_BOUND}, at the next check`]),
    ...(key === undefined || key.revokedAt === null
      ? []
      : ["any request served after its revocation pages at the next check"]),
    ...rulesOfKeys(new Map(concerned))
      .ofAnyKind(keyId)
      .map(
        ({ rule }) =>
          `rule ${ruleName(rule)} ${isPage(rule.severity) ? "pages" : "raises a notice"}, as ${rule.severity}`,
      ),
  ];
}
