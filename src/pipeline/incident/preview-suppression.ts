import { blockText } from "../../model/network/address-cover.js";
import { countedText, countText } from "../../text/amounts.js";
import { suppressionOf, sourcesOutside } from "../../incident/is-suppressed.js";
import { blamedSources } from "../../model/finding/blamed-sources.js";
import { breadthOf, type Breadth } from "../../model/finding/breadth.js";
import type { SuppressionRevision } from "../../model/incident/suppression.js";
import type { Finding } from "../../model/finding/finding.js";
import { summaryText } from "../../model/finding/headline.js";
import { groupBy } from "../../model/group-by.js";
import { isPage } from "../../model/incident/page.js";
import type { CheckStore } from "../../store/check/check-store.js";
import type { IncidentStore } from "../../store/incident/incident-store.js";
import type { NetworksStore } from "../../store/networks/networks-store.js";
import { DAY_MS } from "../../time/day.js";
import { readKnownIncidents } from "./read-incidents.js";
import { readFindingsUnder } from "./read-suppressions.js";

const PREVIEW_DAYS = 7;
const MOST_LISTED = 5;

/** What networks would have hidden of one cause and subject in the last days, and how wide they are. */
export interface SuppressionPreview {
  /** Blocks in canonical text. */
  readonly networks: readonly string[];
  /** Why these networks are never taken; null when they may be. */
  readonly refusal: string | null;
  /** Why they need a second look, a sentence each. */
  readonly wide: readonly string[];
  readonly findings: number;
  readonly hidden: number;
  /** Of the hidden ones, those that were pages, and the notifications that they would have spared. */
  readonly hiddenPages: number;
  readonly notifications: number;
  /** Addresses that the hidden findings blame; at least so many where one of them names its sources by networks only. */
  readonly addresses: number;
  readonly isLeast: boolean;
  /** What the newest hidden finding says, or "". */
  readonly newest: string;
  /** Sources that findings it would not hide blame, outside of these networks. */
  readonly outside: readonly string[];
}

/** What a suppression is about, whatever its networks. */
export type SuppressionSubject = Pick<SuppressionRevision, "incidentId" | "keyId" | "cause" | "subject">;

/** Says what a suppression over some networks would have hidden in the seven days before an instant (epoch ms). */
export async function previewSuppression(
  store: {
    readonly check: Pick<CheckStore, "readFindings">;
    readonly incident: Pick<IncidentStore, "readIncidentRows">;
    readonly networks: Pick<NetworksStore, "readIspBlocks">;
  },
  of: SuppressionSubject,
  networks: readonly string[],
  now: number,
): Promise<SuppressionPreview> {
  const from = now - PREVIEW_DAYS * DAY_MS;
  const breadth = breadthOf(networks);
  const [findings, incidents, wide] = await Promise.all([
    readFindingsUnder(store, of, from, now),
    readKnownIncidents(store, from),
    readWidth(store, breadth),
  ]);
  const asked: SuppressionRevision = {
    ...of,
    suppressionId: "",
    revision: 1,
    action: "recorded",
    networks,
    from,
    until: now,
    statedUntil: now,
    recordedAt: now,
    actor: "",
    note: "",
  };
  const hidden = findings.filter((finding) => suppressionOf(finding, [asked]) !== null);
  const ids = new Set(hidden.map(({ findingId }) => findingId));
  const notifying = incidents
    .flatMap(({ transitions }) => transitions)
    .filter(({ kind }) => kind === "opened" || kind === "reopened" || kind === "escalated");
  return {
    networks: breadth.blocks,
    refusal: breadth.refusal,
    wide,
    findings: findings.length,
    hidden: hidden.length,
    hiddenPages: hidden.filter(({ severity }) => isPage(severity)).length,
    notifications: notifying.filter(({ findingId }) => findingId !== null && ids.has(findingId)).length,
    ...addressesOf(hidden),
    newest: hidden[0] === undefined ? "" : summaryText(hidden[0]),
    outside: [...new Set(findings.flatMap((finding) => sourcesOutside(finding, breadth.blocks)))].map(blockText),
  };
}

function addressesOf(hidden: readonly Finding[]): Pick<SuppressionPreview, "addresses" | "isLeast"> {
  const blamed = hidden.map(blamedSources);
  const named = new Set(blamed.flatMap(({ networks }) => networks ?? []));
  const most = Math.max(0, ...blamed.map(({ addresses }) => addresses));
  const isLeast = blamed.some(({ addresses, networks }) => addresses > (networks ?? []).length);
  return { addresses: isLeast ? most : named.size, isLeast };
}

async function readWidth(
  store: { readonly networks: Pick<NetworksStore, "readIspBlocks"> },
  { refusal, wide, shared }: Breadth,
): Promise<string[]> {
  if (refusal !== null) return [];
  const found = await store.networks.readIspBlocks(shared.blocks, shared.wide);
  const byName = groupBy(found, ({ networkName }) => networkName);
  return [
    ...wide,
    ...[...byName].map(([name, blocks]) => {
      const all = blocks.map(({ block }) => block).join(", ");
      return `${all} ${blocks.length === 1 ? "is" : "are"} shared by customers of an ISP${name === "" ? "" : ` (${name})`}: any of them who has the key would be hidden too`;
    }),
  ];
}

/** A preview in sentences, what is most dangerous first. */
export function previewSentences(preview: SuppressionPreview): string[] {
  const { refusal, wide, findings, hidden, hiddenPages, notifications, addresses, isLeast, newest, outside } = preview;
  const listed = outside.slice(0, MOST_LISTED).join(", ");
  const would =
    hidden === 0
      ? `In the last ${PREVIEW_DAYS} days it would have hidden none of ${countedText(findings, "finding")} of this cause and key.`
      : `In the last ${PREVIEW_DAYS} days it would have hidden ${hidden.toLocaleString("en-US")} of ${countedText(findings, "finding")} from ${isLeast ? "at least " : ""}${countedText(addresses, "address", "addresses")}: ${hiddenPages.toLocaleString("en-US")} of the severity of a page, and ${countedText(notifications, "notification")}.`;
  return [
    ...(refusal === null ? [] : [`Refused: ${refusal}.`]),
    ...wide.map((why) => `Wide: ${why}.`),
    would,
    ...(outside.length === 0
      ? []
      : [
          `Outside of these networks, and on that account not hidden: ${listed}${outside.length > MOST_LISTED ? ` and ${countText(outside.length - MOST_LISTED)} more` : ""}.`,
        ]),
    ...(newest === "" ? [] : [`The newest of them: ${newest}`]),
  ];
}
