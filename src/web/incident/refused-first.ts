import { blamedSources } from "../../model/finding/blamed-sources.js";
import type { Finding } from "../../model/finding/finding.js";
import type { Store } from "../../store/store.js";
import type { RefusedFirst } from "../../store/view/refused-first.js";
import { countedText } from "../../text/amounts.js";
import { DAY_MS } from "../../time/day.js";
import { countOf, timeOf } from "../layout.js";
import { html, type Markup, type Piece } from "../markup.js";

/** Whoever tries a key that is guarded tries it shortly before it works. */
const BEFORE_MS = DAY_MS;

/** Whether the sources that a finding blames were refused before they were first served; null where it blames no addresses that are all named, or is about no single key. */
export async function refusedFirst(store: Store, finding: Finding | null, now: number): Promise<Markup | null> {
  if (finding === null || finding.keyId === null) return null;
  const { networks } = blamedSources(finding);
  if (networks === null || networks.length === 0) return null;
  const { keyId, observedBy, onset } = finding;
  const keyIds = await store.registry.readIdsOfKey(keyId);
  const span = { from: onset - BEFORE_MS, to: now };
  return html`<p>
    ${refusedText(await store.view.readRefusedFirst({ keyIds, observedBy }, span, networks), span.from)}
  </p>`;
}

function refusedText(refused: RefusedFirst, from: number): Piece {
  const { addresses, refusedAddresses, neverServed, refusals, firstRefusedAt, firstServedAt, statuses } = refused;
  if (addresses === 0) return "Refused first: not known, since none of its requests are stored any more.";
  if (firstRefusedAt === null)
    return html`Refused first: no. Nothing was refused to the blamed addresses before their first served request (looked
    at since ${timeOf(from)}).`;
  const never = neverServed === 0 ? "" : `, of which ${countOf(neverServed)} never served`;
  return html`<strong>Refused first: yes.</strong> ${countedText(refusals, "refusal")} (${statuses.join(", ")}) at
    ${countOf(refusedAddresses)} of ${countedText(addresses, "blamed address", "blamed addresses")}${never}, from
    ${timeOf(firstRefusedAt)}
    on${firstServedAt === null ? null : html`, before the first was served at ${timeOf(firstServedAt)}`}.`;
}
