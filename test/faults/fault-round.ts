import { setTimeout as pause } from "node:timers/promises";
import { Random } from "../../src/local/simulator/random.js";
import { countLostEvents } from "../../src/pipeline/watch/count-lost-events.js";
import { FAULTS } from "./fault-kinds.js";
import { startHouse, type House, type HouseParts } from "./house.js";
import { sendLedger, type Ledger } from "./ledger.js";
import { oldestWaitingAt } from "../../src/store/ingest/buffer-depth.js";

/** What one round is to be. */
export interface RoundRequest extends HouseParts {
  readonly seed: number;
  /** At least so many events are sent. */
  readonly events: number;
  /** Names of the faults, in order; drawn from the seed when absent. */
  readonly faults: readonly string[];
}

/** What came of it. */
export interface RoundResult {
  readonly ledger: Ledger;
  readonly rows: number;
  readonly distinct: number;
  /** Requests of each roll-up, and events of the coverage and of what is counted as recorded. */
  readonly rollups: Readonly<Record<string, number>>;
  readonly quarantined: number;
  /** Losses of acknowledged events that were told, at any moment. */
  readonly toldLost: readonly string[];
  readonly seconds: number;
}

const SENDERS = 12;
const ASK_MS = 100;
/** By then every serve has put on file what it acknowledged. */
const LEDGER_MS = 11_000;
/** A restart and a stalled job take a minute at worst; the machine may be busy. */
const DRAIN_MS = 180_000;

/** So many faults of a seed, each kind once before any comes again. */
export function drawFaults(seed: number, howMany: number): string[] {
  const random = new Random(seed, "which faults");
  const drawn: string[] = [];
  while (drawn.length < howMany) drawn.push(...random.sample(Object.keys(FAULTS), Object.keys(FAULTS).length));
  return drawn.slice(0, howMany);
}

/** Sends a ledger while things go wrong at moments of the seed, and counts what is in ClickHouse afterwards. */
export async function runRound(wish: RoundRequest, say: (line: string) => void): Promise<RoundResult> {
  const house = await startHouse(wish);
  try {
    return await breakHouse(house, wish, say);
  } catch (error) {
    throw new Error(`seed ${wish.seed}: ${house.logs().slice(-4000)}`, { cause: error });
  } finally {
    await house.close();
  }
}

async function breakHouse(house: House, wish: RoundRequest, say: (line: string) => void): Promise<RoundResult> {
  const startedAt = performance.now();
  const ledger: Ledger = { acknowledged: 0, repeats: 0, retries: 0, faults: [] };
  let over = false;
  const senders = Array.from({ length: SENDERS }, async (_, index) => {
    const name = `s${index}`;
    const random = new Random(wish.seed, name);
    const isDone = () => over && ledger.acknowledged >= wish.events;
    return sendLedger({ urls: house.urls, token: house.token, random, name, isDone }, ledger);
  });
  const told = tellLosses(house);
  const random = new Random(wish.seed, "when");
  for (const name of wish.faults) {
    await pause(random.whole(200, 2500));
    say(`  ${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${name}`);
    await FAULTS[name]!(house, random);
  }
  over = true;
  await Promise.all(senders);
  await house.untilRecorded(DRAIN_MS);
  const toldLost = await told.end();
  return { ledger, ...(await count(house)), toldLost, seconds: Math.round((performance.now() - startedAt) / 1000) };
}

/** Asks all the time whether events are lost; what cannot be asked now is asked again. */
function tellLosses({ store, ingestBuffer }: House): { readonly end: () => Promise<string[]> } {
  const told = new Set<string>();
  const deps = { store, oldestWaitingAt: async () => oldestWaitingAt(await ingestBuffer.depth()) };
  const look = async (): Promise<void> => {
    const lost = await countLostEvents(deps, Date.now()).catch(() => null);
    for (const one of lost ?? []) told.add(JSON.stringify(one));
  };
  const over = new AbortController();
  const looking = (async () => {
    while (!over.signal.aborted) {
      await look();
      await pause(ASK_MS);
    }
  })();
  return {
    end: async () => {
      await pause(LEDGER_MS);
      over.abort();
      await looking;
      await look();
      return [...told];
    },
  };
}

const ROLLUPS = [
  "usage_minutes",
  "usage_hours",
  "source_minutes",
  "source_hours",
  "route_minutes",
  "route_hours",
  "client_minutes",
  "client_days",
];

async function count({ store }: House): Promise<Pick<RoundResult, "rows" | "distinct" | "rollups" | "quarantined">> {
  const ask = async (query: string) => {
    const [row] = await (await store.client.query({ query, format: "JSONEachRow" })).json<{ n: number }>();
    return Number(row?.n);
  };
  const rollups: Record<string, number> = {};
  for (const name of ROLLUPS) rollups[name] = await ask(`SELECT sum(requests) AS n FROM ${name}`);
  rollups["ingest_coverage"] = await ask("SELECT sum(events) AS n FROM ingest_coverage");
  rollups["recorded_events"] = await ask("SELECT sum(events) AS n FROM recorded_events");
  return {
    rows: await ask("SELECT count() AS n FROM requests"),
    distinct: await ask("SELECT uniqExact(if(id = '', region, id)) AS n FROM requests"),
    quarantined: await ask("SELECT count() AS n FROM quarantined_events"),
    rollups,
  };
}
