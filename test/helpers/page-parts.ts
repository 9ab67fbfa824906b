import type { Finding } from "../../src/model/finding/finding.js";
import { subjectOf } from "../../src/model/finding/finding-subject.js";
import type { Incident, IncidentTransition } from "../../src/model/incident/incident.js";
import type { Page } from "../../src/model/incident/page.js";
import type { KeyVersion } from "../../src/model/key/key.js";
import { pagesFor, type PageParts } from "../../src/page/compose/compose-pages.js";
import type { PageEvidence } from "../../src/page/evidence.js";
import { DAY, MINUTE, T, transition } from "./incident-parts.js";
import { keyVersion } from "./key-version.js";

/** A page that on-call may get, by the name of the file that holds it. */
export interface PageCase {
  readonly name: string;
  readonly page: Page;
}

/** The key that everything is about: with an owner, a limit, allowed networks, a runbook. */
export const KEY = keyVersion({
  keyId: "key_8c1d",
  display: "sk_live_…9f3c",
  owner: "payments",
  service: "checkout",
  environment: "production",
  provider: "stripe",
  limitPerMinute: 155,
  allowedCidrs: ["198.51.100.0/24"],
  scopes: ["charges:read"],
  runbookUrl: "https://wiki.example/leaked-keys",
});

/** One that the registry knows nothing of. */
export const UNREGISTERED = "fp_0011223344556677";

const source = (address: string, asn: number, networkType: string, requests: number, firstServedAt: number | null) => ({
  address,
  asn,
  networkType,
  requests,
  firstServedAt,
  firstAt: T - 46 * MINUTE,
  lastAt: T - 2 * MINUTE,
  spendMicros: requests * 14_000,
  sessionKeys: [],
  userAgents: networkType === "hosting" ? ["curl/8.5.0"] : ["node-sdk/12.0.3 node/20.15.1"],
});

/** Evidence of which every part could be read. */
export const EVIDENCE: PageEvidence = {
  sources: {
    blamed: {
      busiest: [source("203.0.113.7", 64500, "hosting", 140, T - 46 * MINUTE)],
      addresses: 3,
      requests: 160,
      sessionKeys: 0,
    },
    others: {
      busiest: [source("198.51.100.9", 64510, "business", 23, T - 90 * DAY)],
      addresses: 1,
      requests: 23,
      sessionKeys: 0,
    },
  },
  usage: {
    requests: 195,
    unserved: 12,
    bytes: 2_400_000,
    spendMicros: 2_562_000,
    mostAMinute: 153,
    requestsBefore: 40_000,
    bytesBefore: 320_000_000,
  },
  networksBefore: [
    { asn: 64510, networkType: "business", name: "Example Cloud", requests: 39_000, addresses: 4 },
    { asn: 0, networkType: "internal", name: "", requests: 1000, addresses: 1 },
  ],
  newUses: [
    { level: "route", value: "/v1/export", requests: 40, refused: 0, spendMicros: 560_000 },
    { level: "scope", value: "charges:write", requests: 12, refused: 12, spendMicros: 0 },
  ],
  unevaluatedMinutes: 3,
  changes: [
    {
      keyId: KEY.keyId,
      display: KEY.display,
      owner: KEY.owner,
      service: KEY.service,
      environment: KEY.environment,
      routingRef: "",
      validFrom: T - 2 * DAY,
      recordedAt: T - 2 * DAY,
      recordedBy: "cli ana",
      keysOfAct: 1,
      now: { ...KEY, rotateBy: T + 30 * DAY },
      former: { ...KEY, limitPerMinute: 100 },
    },
  ],
  others: {
    listed: [
      {
        keyId: "key_77aa",
        isSameAddress: true,
        isShared: false,
        firstServedAt: T - 40 * MINUTE,
        lastAt: T - MINUTE,
        requests: 12,
        refused: 2,
        spendMicros: 90_000,
      },
    ],
    keys: 2,
    apart: 1,
    fresh: 1,
    shared: [{ network: "203.0.113.0/24", keys: 1 }],
    networksLeft: 1,
  },
  keyIds: [],
  networkNames: new Map([["203.0.113.7", "Cheap Metal"]]),
};

/** Evidence of which nothing could be read in time. */
export const UNREAD: PageEvidence = {
  sources: null,
  usage: null,
  networksBefore: null,
  newUses: null,
  unevaluatedMinutes: null,
  changes: null,
  others: "could not be read in time",
  keyIds: [],
  networkNames: new Map(),
};

/** The first page of the step of an incident that a finding makes: composed as the live check composes it. */
export function pageOn(
  finding: Finding | null,
  changed: {
    readonly step?: Partial<IncidentTransition>;
    readonly before?: Incident;
    readonly evidence?: PageEvidence;
    readonly keys?: readonly KeyVersion[];
  } = {},
): Page {
  const step = transition({
    incidentId:
      finding === null ? "leak/key_8c1d/20260308T1120" : `${finding.cause}/${subjectOf(finding)}/20260308T1120`,
    at: T,
    keyId: finding === null ? KEY.keyId : finding.keyId,
    cause: finding?.cause ?? "leak",
    subject: finding?.subject ?? null,
    severity: finding?.severity ?? "error",
    findingId: finding?.findingId ?? null,
    ...changed.step,
  });
  const parts: PageParts = {
    transition: step,
    before: changed.before ?? null,
    finding,
    registry: new Map((changed.keys ?? [KEY]).map((key) => [key.keyId, key])),
    baseUrl: "https://plimsoll.example.com/",
    evidence: changed.evidence ?? EVIDENCE,
    query: finding === null || finding.keyId === null ? null : "SELECT source_ip FROM request_events",
    routingRef: null,
    sendUpdates: false,
    isLive: true,
  };
  return pagesFor(parts)[0]!;
}
