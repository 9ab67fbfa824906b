import type { Finding } from "../../src/model/finding/finding.js";
import { digestEnd, digestPage } from "../../src/page/compose/compose-digest.js";
import { latePage } from "../../src/page/compose/compose-late.js";
import { minimalPage } from "../../src/page/compose/compose-minimal.js";
import { judgeEnvironment } from "../../src/pipeline/audit/judge-environment.js";
import { judgeUngranted, judgeUnused, judgeWidened, sharedFinding } from "../../src/pipeline/audit/judge-scopes.js";
import { publicKeyFinding } from "../../src/pipeline/audit/public-key-finding.js";
import { registryFinding, type RegistryFact } from "../../src/pipeline/audit/registry-finding.js";
import type { OutboxPage, Page } from "../../src/model/incident/page.js";
import { DAY, MINUTE, T } from "./incident-parts.js";
import { EVIDENCE, KEY, pageOn, UNREGISTERED, type PageCase } from "./page-parts.js";

const fact = (changed: Partial<RegistryFact> & Pick<RegistryFact, "about" | "what" | "against">): Finding =>
  registryFinding({
    cause: "scope",
    keyId: KEY.keyId,
    key: KEY,
    severity: "info",
    score: 1,
    onset: T,
    now: T,
    statistics: {
      days_without_use: 60,
      since: "2026-01-02",
      networks: [],
      what_to_do: "Ask payments whether it is needed; if not: plimsoll keys revoke key_8c1d",
    },
    ...changed,
  } as RegistryFact);
const use = { keyId: KEY.keyId, scope: "charges:read", served: 900, servedLately: 90, firstAt: T - 89 * DAY };
const days = Array.from({ length: 95 }, (_, i) => Math.floor(T / DAY) * DAY - i * DAY);
const granted = { ...KEY, scopes: ["charges:read", "refunds:write"] };
const services = [
  { service: "checkout", requests: 800, addresses: 2 },
  { service: "billing", requests: 90, addresses: 1 },
];
const found: readonly (readonly [string, Finding | null | undefined])[] = [
  ["scope-unused-info", judgeUnused([granted], [use], days, T)],
  ["scope-ungranted-warning", judgeUngranted(KEY, [{ ...use, scope: "payouts:write" }], T)],
  ["scope-widened-warning", judgeWidened([KEY, { ...granted, validFrom: T - DAY }], () => "cli ana", T)[0]],
  ["scope-shared-info", sharedFinding({ keyId: KEY.keyId, services }, KEY, new Map([["billing", "finance"]]), T)],
  [
    "scope-environment-warning",
    judgeEnvironment(KEY, { keyId: KEY.keyId, services }, new Map([["billing", new Set(["staging"])]]), T),
  ],
  [
    "scope-never-used-info",
    fact({
      about: "never_used",
      what: "never used since it was created on 2026-01-02: consider revoking it",
      against: "sources were reporting on 60 days on which it was not used",
    }),
  ],
  [
    "scope-used-again-warning",
    fact({
      about: "awake",
      severity: "warning",
      onset: T - 30 * MINUTE,
      what: "used again since 2026-03-08 11:30 UTC, after 69 days without use, from 203.0.113.7 (AS64500): 4 requests",
      against: "sources were reporting on 69 days on which it was not used",
    }),
  ],
  [
    "rotation-due-info",
    fact({
      cause: "rotation_due",
      about: "due",
      what: "must be replaced by 2026-03-12, payments has 3 days",
      against: "rotate_by is 2026-03-12",
    }),
  ],
  [
    "rotation-overdue-warning",
    fact({
      cause: "rotation_due",
      about: "overdue",
      severity: "warning",
      onset: T - 2 * DAY,
      what: "overdue for rotation by 2 days, payments must replace it",
      against: "rotate_by is 2026-03-06",
    }),
  ],
  [
    "public-key-critical",
    publicKeyFinding(
      {
        keyId: KEY.keyId,
        key: KEY,
        isSinceAssumed: false,
        publicSince: T - DAY,
        used: [
          {
            observedBy: "gateway",
            requests: 140,
            refused: 2,
            spendMicros: 1_960_000,
            addresses: 1,
            sourceAddresses: ["203.0.113.7"],
            lastAt: T - MINUTE,
          },
        ],
        sources: EVIDENCE.sources!.blamed,
        reporter: "github",
        place: "https://github.com/example/shop/blob/main/.env",
      },
      T,
    ),
  ],
  [
    "public-key-unregistered-critical",
    publicKeyFinding(
      {
        keyId: UNREGISTERED,
        key: null,
        isSinceAssumed: false,
        publicSince: T - DAY,
        used: [],
        sources: { busiest: [], addresses: 0, requests: 0, sessionKeys: 0 },
        reporter: "github",
        place: "",
      },
      T,
    ),
  ],
];

const paged = (keyId: string, severity: Page["severity"], summary: string): OutboxPage => ({
  pageId: `leak/${keyId}/1/trigger`,
  incidentId: `leak/${keyId}`,
  keyId,
  action: "trigger",
  dedupKey: `plimsoll/leak/${keyId}/1`,
  severity,
  topic: "incident",
  isMinimal: false,
  step: 1,
  place: 0,
  routingRef: null,
  body: JSON.stringify({
    payload: { summary, timestamp: new Date(T).toISOString() },
    links: [{ href: "https://plimsoll.example.com/incidents/1", text: "Incident" }],
  }),
  state: "pending",
  createdAt: T - 20 * MINUTE,
  attempts: 0,
  notBefore: 0,
  successorFailed: false,
});
const waiting = [
  paged(
    "key_77aa",
    "error",
    "key_77aa (growth): 80 requests from 1 new address, on top of its normal traffic, since 11:50 UTC",
  ),
  paged(
    "key_8c1d",
    "critical",
    "sk_live_…9f3c (payments): 160 requests from 3 new addresses, on top of its normal traffic, since 11:14 UTC ($2.24)",
  ),
];
const graded = waiting.map((page) => ({ ...page, score: 12, lossMicros: 0 }));
const DIGEST = { digestId: "digest/2026-03-08T12:00:00.000Z", routingRef: null, step: 1, at: T };
const BASE_URL = "https://plimsoll.example.com/";

/** Pages about what audits find, and those that stand for others. */
export const AUDIT_PAGES: readonly PageCase[] = [
  ...found.map(([name, one]) => {
    if (one === null || one === undefined) throw new Error(`${name}: nothing was found`);
    return { name: `audit-${name}`, page: pageOn(one) };
  }),
  { name: "digest-critical", page: digestPage(DIGEST, graded, BASE_URL) },
  { name: "digest-end", page: digestEnd({ ...DIGEST, step: 2 }, T) },
  { name: "late-warning", page: latePage(null, waiting, T, BASE_URL) },
  {
    name: "minimal-critical",
    page: minimalPage(waiting[1]!, "400 Event object is invalid: 'payload.severity' is invalid")!,
  },
];
