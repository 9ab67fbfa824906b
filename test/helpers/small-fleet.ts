import { drawAttack } from "../../src/local/simulator/draw-attack.js";
import { openFleet, type Fleet } from "../../src/local/simulator/fleet.js";
import { drawProfile, type ProfileRequest } from "../../src/local/simulator/key-profile.js";
import { drawOperators, networksCsv } from "../../src/local/simulator/networks.js";
import type { KeyVersion } from "../../src/model/key/key.js";
import { parseNetworks } from "../../src/model/network/network-table.js";
import { acceptEvents } from "./accept-events.js";
import { insertPieces } from "../../src/store/ingest/insert-requests.js";
import { blocksOf } from "../../src/store/ingest/request-block.js";
import type { Store } from "../../src/store/store.js";
import { rules } from "./ingest-rules.js";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

/** One line of NDJSON and the instant that it speaks of. */
interface Line {
  readonly at: number;
  readonly text: string;
}

/** A few quiet keys with their traffic, of which one is stolen. */
export interface SmallFleet {
  readonly keys: readonly string[];
  readonly stolen: string;
  readonly events: number;
  /** Writes the traffic of a span (epoch ms, half-open) as ingest would, and what is given on top of it. */
  insert(store: Store, from: number, to: number, more?: readonly object[]): Promise<void>;
  insertRegistry(store: Store): Promise<void>;
}

const WISHES: readonly ProfileRequest[] = [
  { kind: "flat", sources: "hosts" },
  { kind: "flat", sources: "autoscaled" },
  { kind: "business", sources: "hosts" },
  { kind: "evening", sources: "clients" },
  // Calls once a minute, so that every minute is heard.
  { shape: { kind: "poller", everyMinutes: 1, phaseMinutes: 0 }, meanPerMinute: 1, sources: "hosts" },
];

/** Ten days of five keys up to `now` and three hours after it; an attacker with one host starts at `leakAt` on the first key. What is served costs so many millionths of a dollar. */
export function smallFleet(seed: number, now: number, leakAt: number, microsARequest = 0): SmallFleet {
  const span = { from: (now - 10 * DAY) / MINUTE, to: now / MINUTE + 180 };
  const operators = drawOperators(seed);
  const profiles = WISHES.map((wish, i) =>
    drawProfile(seed, i, operators, span, { meanPerMinute: 0.8, ...wish, limitPerMinute: 600, service: "payments" }),
  );
  const stolen = profiles[0]!.keyId;
  const wish = {
    kind: "B",
    keyId: stolen,
    from: leakAt,
    to: now + 3 * 60 * MINUTE,
    origin: "hosting",
    addresses: 1,
    requestsPerMinute: 150,
  } as const;
  const attack = drawAttack(seed, 0, wish, { profiles, operators, span, taken: new Set() });
  const keys = profiles.map((profile) => ({ profile, disturbances: [] }));
  const fleet = openFleet({ seed, ...span, operators, keys, attacks: [attack] });
  const { table } = parseNetworks(networksCsv(fleet.networks));
  const lines = linesOf(fleet);
  const ingest = rules({ networkOf: (address) => table.lookup(address), priceOf: () => microsARequest });
  let inserts = 0;
  return {
    keys: profiles.map(({ keyId }) => keyId),
    stolen,
    events: lines.length,
    async insert(store, from, to, more = []) {
      const texts = lines.filter(({ at }) => at >= from && at < to).map(({ text }) => text);
      texts.push(...more.map((event) => JSON.stringify(event)));
      for (let i = 0; i < texts.length; i += 20_000) {
        const body = Buffer.from(texts.slice(i, i + 20_000).join("\n"));
        const accepted = acceptEvents(body, "ndjson", ingest);
        if (accepted.kind === "refused" || accepted.rejected > 0) throw new Error("the fleet's events were refused");
        for (const block of blocksOf([{ source: "fleet", events: accepted.events }], store.shards.length))
          await insertPieces(store.shards[block.shard]!, [block.data], `fleet:${(inserts += 1)}`);
      }
    },
    insertRegistry: async (store) =>
      store.registry.insertKeys(
        fleet.keys.map((row) => keyVersion(row, now - 30 * DAY)),
        "fleet",
      ),
  };
}

function linesOf(fleet: Fleet): Line[] {
  return [...fleet.batches(5000)].flatMap((batch) =>
    batch.lines
      .split("\n")
      .filter((text) => text !== "")
      .map((text) => ({ at: Date.parse(text.slice(7, 31)), text })),
  );
}

function keyVersion(row: Fleet["keys"][number], validFrom: number): KeyVersion {
  return {
    keyId: row.key_id,
    validFrom,
    display: row.display,
    fingerprints: [],
    owner: row.owner,
    service: row.service,
    provider: row.provider,
    environment: row.environment,
    holders: row.holders,
    limitPerMinute: row.limit_per_minute ?? null,
    allowedCidrs: [],
    scopes: row.scopes,
    prices: {},
    monthlyBudgetUsd: null,
    createdAt: null,
    rotateBy: null,
    revokedAt: null,
    replaces: "",
    routingKeyRef: "",
    runbookUrl: "",
    guard: "",
    guardRef: "",
    rules: [],
  };
}
