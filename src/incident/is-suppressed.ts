import { parsePrefix, type Prefix } from "../model/network/address.js";
import { isWithin } from "../model/network/address-cover.js";
import { blamedSources } from "../model/finding/blamed-sources.js";
import type { SuppressionRevision } from "../model/incident/suppression.js";
import type { Finding } from "../model/finding/finding.js";
import { subjectOf } from "../model/finding/finding-subject.js";
import { printPrefix } from "../model/network/print-prefix.js";

/** The expectation that all of a finding falls under, or null: one foreign source is enough for that. */
export function suppressionOf(
  finding: Finding,
  expectations: readonly SuppressionRevision[],
): SuppressionRevision | null {
  return expectations.find((one) => isExpected(finding, one)) ?? null;
}

function isExpected(finding: Finding, of: SuppressionRevision): boolean {
  if (finding.cause !== of.cause || subjectOf(finding) !== subjectOf(of)) return false;
  if (finding.tick < of.from || finding.tick >= of.until) return false;
  const { networks: blamed } = blamedSources(finding);
  if (blamed === null) return false;
  if (blamed.length === 0) return of.networks.length === 0;
  const expected = of.networks.map(parsePrefix).filter((network) => network !== null);
  // Mostly the very blocks that were blamed before: only others are looked for one by one.
  const named = new Set(expected.map(printPrefix));
  return blamed.every((block) => named.has(block) || lies(parsePrefix(block), expected));
}

/** The sources that a finding blames outside of some networks: on their account it is not expected. */
export function sourcesOutside(finding: Finding, networks: readonly string[]): string[] {
  const expected = networks.map(parsePrefix).filter((network) => network !== null);
  return (blamedSources(finding).networks ?? []).filter((block) => !lies(parsePrefix(block), expected));
}

function lies(block: Prefix | null, networks: readonly Prefix[]): boolean {
  return block !== null && networks.some((network) => isWithin(block, network));
}
