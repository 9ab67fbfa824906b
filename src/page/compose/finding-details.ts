import type { Finding } from "../../model/finding/finding.js";
import type { KeyVersion } from "../../model/key/key.js";
import { leakDetails } from "./page-details.js";
import { rulePageDetails } from "./rule-page.js";
import { sharedDetails } from "./shared-details.js";
import type { PageEvidence } from "../evidence.js";

/** What is told of a finding beside its summary, in pages and on the command line. */
export function findingDetails(
  finding: Finding,
  registry: ReadonlyMap<string, KeyVersion>,
  evidence: PageEvidence,
): Record<string, unknown> {
  if (finding.cause !== "leak") return rulePageDetails(finding, registry, evidence);
  const { statistics } = finding;
  if ("keys" in statistics) return sharedDetails(finding, statistics, registry, evidence);
  return leakDetails(finding, statistics, registry, evidence);
}
