import type { Finding, Signal } from "../../model/finding/finding.js";
import type { KeyVersion } from "../../model/key/key.js";
import { html, type Markup } from "../markup.js";

/** What would explain a signal without a leak. */
const EXPLANATIONS: Partial<Record<Signal["name"], string>> = {
  sources: "moved, or gave the key to a new host, build runner, VPN or partner in these networks",
  clients: "changed or updated the program that uses the key",
  routes: "released something that calls these routes",
  refusals: "released something that calls routes which this key may not use",
  rate: "runs a batch, a load test, a launch or an import",
  headroom: "runs a batch, a load test, a launch or an import",
  spend: "began to use a dearer model or route, or its price was changed",
  unaccounted: "runs a program that does not report its calls",
  reconciliation: "runs a program that does not report its calls",
};

/** What would make a leak a false one, by its signals, and where each of that shows; null where it is a fact. */
export function falseIf(finding: Finding | null, key: KeyVersion | null): Markup | null {
  if (finding?.cause !== "leak") return null;
  const found = [...new Set(finding.signals.flatMap(({ name }) => EXPLANATIONS[name] ?? []))];
  if (found.length === 0) return null;
  const who = key === null || key.owner === "" ? "its owner" : key.owner;
  return html`<p>
    It would be false if ${who} ${found.join("; or ")}. Ask them; what changed on the key, whether it was seen before,
    and the usual networks stand above.
  </p>`;
}
