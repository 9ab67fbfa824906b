import type { Finding } from "../../model/finding/finding.js";
import type { IdentifyKey } from "../../model/key/identify-key.js";
import type { KeyVersion } from "../../model/key/key.js";
import { unknownKeyId } from "../../model/key/key-fingerprint.js";
import { ASSUMED_DELAY_MS, type LeakReport, type LeakState } from "../../model/key/leak-report.js";
import { versionAt } from "../../model/key/plan-keys.js";
import type { UseSince } from "../../store/audit/leak-reports.js";
import type { Store } from "../../store/store.js";
import { DAY_MS } from "../../time/day.js";
import { advanceIncidents } from "../incident/advance-incidents.js";
import { publicKeyFinding } from "./public-key-finding.js";
import type { AdvanceDeps } from "../incident/record-step.js";
import type { SourceList } from "../../model/finding/evidence.js";
import { NO_SOURCES } from "../../page/evidence.js";

/** A key that nobody registered is taken for live when it was used within this time. */
const LIVE_FOR_MS = 30 * DAY_MS;

/** What is known of a reported token at once. */
export interface LeakAnswer {
  /** Of the registry, or of traffic, or what traffic would call it. */
  readonly keyId: string;
  readonly key: KeyVersion | null;
  readonly state: LeakState;
  /** Since when it is public (epoch ms), or, where nobody said, since when its use is counted. */
  readonly publicSince: number;
  /** Whether nobody said since when it is public. */
  readonly isSinceAssumed: boolean;
  /** Use since it became public, by observer: never summed together. */
  readonly used: readonly UseSince[];
  /** By whom, the busiest first. */
  readonly sources: SourceList;
}

/**
 * Takes reports of tokens found in public: each is fingerprinted, looked up and answered in the order given, put on file without the
 * token, and a key that is live pages, however quiet its traffic. `now` is the instant of the report, epoch ms.
 */
export async function takeLeakReports(
  deps: AdvanceDeps,
  identify: IdentifyKey,
  reports: readonly LeakReport[],
  reporter: string,
  now: number,
): Promise<LeakAnswer[]> {
  const { store } = deps;
  const answers: LeakAnswer[] = [];
  for (const report of reports) answers.push(await answerTo(store, identify, report, now));
  await store.audit.insertLeakRecords(
    answers.map(({ keyId, state, publicSince }, i) => {
      const { kind, place } = reports[i]!;
      return { keyId, state, reportedAt: now, publicSince, reporter, kind, place };
    }),
  );
  const findings = answers.flatMap((answer, i): Finding[] =>
    isLive(answer.state) ? [publicKeyFinding({ ...answer, reporter, place: reports[i]!.place }, now)] : [],
  );
  const byKey = [...new Map(findings.map((finding) => [finding.keyId, finding])).values()];
  await store.check.insertFindings(byKey);
  await advanceIncidents(deps, byKey, []);
  return answers;
}

/** Whether a key in this state opens doors. */
export function isLive(state: LeakState): boolean {
  return state === "live" || state === "unregistered";
}

/** What a key is at an instant (epoch ms), and how it was used since another. */
export async function readLeakAnswer(
  store: Store,
  name: string,
  { publicSince, isSinceAssumed }: Pick<LeakAnswer, "publicSince" | "isSinceAssumed">,
  now: number,
): Promise<LeakAnswer> {
  const keyId = await store.registry.readPresentId(name);
  const [versions, keyIds] = await Promise.all([
    store.registry.readKeyVersions([keyId]),
    store.registry.readIdsOfKey(keyId),
  ]);
  const key = versionAt(versions, now) ?? versions[0] ?? null;
  const [used, lately] = await Promise.all([
    store.audit.readUseSince(keyIds, publicSince, now),
    store.audit.readUseSince(keyIds, now - LIVE_FOR_MS, now),
  ]);
  const isRevoked = key !== null && key.revokedAt !== null && key.revokedAt <= now;
  const byTraffic = lately.length > 0 ? "unregistered" : "unknown";
  const state: LeakState = key === null ? byTraffic : isRevoked ? "revoked" : "live";
  const busiest = used.toSorted((a, b) => b.requests - a.requests)[0];
  const span = { keyIds, observedBy: busiest?.observedBy ?? "gateway", from: publicSince, to: now } as const;
  const read = async () =>
    (await store.page.readKeySources({ ...span, findingId: "", asOf: await store.readClock() })).others;
  const sources = busiest === undefined ? NO_SOURCES : await read();
  return { keyId, key, state, publicSince, isSinceAssumed, used, sources };
}

async function answerTo(store: Store, identify: IdentifyKey, report: LeakReport, now: number): Promise<LeakAnswer> {
  const prints = identify(report.token).fingerprints;
  const [registered] = await store.audit.readKeysOfFingerprints(prints, [report.token]);
  const since = {
    publicSince: report.publicSince ?? now - ASSUMED_DELAY_MS,
    isSinceAssumed: report.publicSince === null,
  };
  if (registered !== undefined) return readLeakAnswer(store, registered, since, now);
  // Traffic of a key that nobody registered is on file under the pepper of its day.
  const ids = prints.map(unknownKeyId);
  const found = await Promise.all(ids.map(async (id) => readLeakAnswer(store, id, since, now)));
  return found.find(({ state }) => state !== "unknown") ?? found[0]!;
}
