import { randomBytes } from "node:crypto";
import { parseGuards, type Guard } from "../../src/guard/parse-guards.js";
import type { KeyVersion } from "../../src/model/key/key.js";
import type { ContainmentAction } from "../../src/model/incident/containment.js";
import type { PersonsWord } from "../../src/model/incident/incident.js";
import type { ContainDeps } from "../../src/pipeline/contain/contain-deps.js";
import { advanceContainments } from "../../src/pipeline/contain/advance-containments.js";
import { containKey, undoContainments } from "../../src/pipeline/contain/contain-key.js";
import type { ContainmentWish } from "../../src/pipeline/contain/order-of-wish.js";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { readKnownIncident } from "../../src/pipeline/incident/read-incidents.js";
import { startGuardReceiver, type GuardReceiver } from "./guard-receiver.js";
import { blameStatistics } from "../../src/model/finding/blamed-sources.js";
import { finding } from "./incident-parts.js";
import { keyVersion } from "./key-version.js";
import { openChecks, type OpenChecks } from "./open-checks.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
/** Somebody of security on-call. */
export const ANA: PersonsWord = { actor: "Ana", note: "key is abused", verdict: null, eventId: null, url: null };

/** Where the key's owner is, and where the attacker. */
export const [OWNER, ATTACKER] = ["192.0.2.10", "198.51.100.4"];

/** Keys under a leak in ClickHouse, a guard that takes signed webhooks, and passes as of instants that a test names. */
export interface ContainStory {
  readonly checks: OpenChecks;
  readonly deps: ContainDeps;
  readonly receiver: GuardReceiver;
  readonly secret: string;
  /** The instant (epoch ms) at which everything is done that names no other. */
  now(): number;
  /** The minute in which the leaks began. */
  readonly onset: number;
  /**
   * A key with four weeks of the owner's use, ten requests a minute, and an open leak from the attacker's address since the onset; gives the incident's id.
   * Quiet: without any request. Its finding blames the attacker's address, unless others or none are given.
   */
  leak(keyId: string, known?: Partial<KeyVersion>, isQuiet?: boolean, blamed?: readonly string[]): Promise<string>;
  /** Rows of requests: so many from an address in each minute of a span, with a status. */
  traffic(keyId: string, address: string, from: number, to: number, aMinute: number, status?: number): Promise<void>;
  contain(incidentId: string, wish?: Partial<ContainmentWish>): ReturnType<typeof containKey>;
  /** Asks for the end of what is in force: of an action, or of all. */
  undo(incidentId: string, action?: ContainmentAction): ReturnType<typeof undoContainments>;
  /** A pass as of now and so many ms more; time stands still in it. */
  pass(laterMs?: number, changed?: Partial<ContainDeps>): ReturnType<typeof advanceContainments>;
  /** What the timeline says of containment: `reason: text`. */
  told(incidentId: string): Promise<string[]>;
  close(): Promise<void>;
}

/** What a test has of its own. */
export interface OwnStory {
  /** Asked for guards first. */
  readonly guardOf?: ContainDeps["guardOf"];
  /** Tells the instant (epoch ms). Unless given it stands still at yesterday's noon: no figure depends on when a test runs, or how long it takes. */
  readonly clock?: () => number;
}

/** Opens the story. */
export async function openContainStory({
  guardOf: own = () => undefined,
  clock = yesterdaysNoon(),
}: OwnStory = {}): Promise<ContainStory> {
  const checks = await openChecks();
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  const receiver = await startGuardReceiver(secret);
  const guards = guardsOf({ edge: { type: "webhook", url: receiver.url, secret } });
  const deps: ContainDeps = { ...checks.deps, guardOf: (name) => own(name) ?? guards.get(name) };
  const now = Math.floor(clock() / MINUTE) * MINUTE;
  const onset = now - 20 * MINUTE;
  const story: ContainStory = {
    checks,
    deps,
    receiver,
    secret,
    now: clock,
    onset,
    async leak(keyId, known = {}, isQuiet = false, blamed = [ATTACKER]) {
      await checks.store.registry.insertKeys([keyVersion({ guard: "edge", ...known, keyId })], `key:${keyId}`);
      if (!isQuiet) {
        await story.traffic(keyId, OWNER, onset - 2 * DAY, onset - 2 * DAY + HOUR, 10);
        await story.traffic(keyId, OWNER, onset - HOUR, now, 10);
        await story.traffic(keyId, ATTACKER, onset, now, 5);
      }
      const statistics = {
        window: 0,
        ...blameStatistics(blamed),
        novel: { asn_hosting: { requests: [5, 5, 5, 5] } },
      };
      const found = finding("error", now, { keyId, onset, summary: `${keyId}: leak`, statistics });
      await checks.store.check.insertFindings([found]);
      await advanceIncidents(checks.deps, [found], [now]);
      return `leak/${keyId}/${new Date(now).toISOString().slice(0, 16).replace(/[-:]/g, "")}`;
    },
    async traffic(keyId, address, from, to, aMinute, status = 200) {
      await checks.store.client.command({
        query: `INSERT INTO requests (ts, key_id, observed_by, source_ip, status, count, ingest_source, is_history)
          SELECT fromUnixTimestamp64Milli(toInt64({from:UInt64}) + 60000 * number + 1000), {key:String}, 'gateway',
            toIPv6({address:String}), {status:UInt16}, {count:UInt32}, 'edge', true
          FROM numbers({minutes:UInt32})`,
        query_params: {
          from,
          key: keyId,
          address: `::ffff:${address}`,
          status,
          count: aMinute,
          minutes: Math.round((to - from) / MINUTE),
        },
      });
    },
    contain: async (incidentId, wish = {}) => {
      const whole = { action: "deny_networks", networks: null, limitPerMinute: null, until: clock() + DAY } as const;
      return containKey(deps, incidentId, { ...whole, ...wish }, ANA, clock());
    },
    undo: async (incidentId, action) => undoContainments(deps, incidentId, action ?? null, ANA, clock()),
    pass: async (laterMs = 0, changed = {}) =>
      advanceContainments({ ...deps, ...changed }, clock() + laterMs, { elapsedMs: () => 0 }),
    async told(incidentId) {
      const known = await readKnownIncident(checks.store, incidentId);
      return (known?.transitions ?? []).flatMap(({ reason, containment }) =>
        containment === undefined ? [] : [`${reason}: ${containment.text}`],
      );
    },
    async close() {
      await receiver.close();
      await checks.close();
    },
  };
  return story;
}

function yesterdaysNoon(): () => number {
  const noon = Math.floor(Date.now() / DAY) * DAY - DAY / 2;
  return () => noon;
}

/** Guards as PLIMSOLL_GUARDS gives them. @throws Error with what is wrong with them */
export function guardsOf(entries: Readonly<Record<string, object>>): ReadonlyMap<string, Guard> {
  const parsed = parseGuards(JSON.stringify(entries));
  if ("problems" in parsed) throw new Error(parsed.problems.join("; "));
  return parsed.guards;
}
