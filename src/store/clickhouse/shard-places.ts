import { randomUUID } from "node:crypto";
import { z } from "zod";
import { DependencyFailure } from "../problem/dependency-problem.js";
import { insertOnce, readRows, type ClickHouseClient } from "./clickhouse-client.js";
import { defineQuery } from "./define-query.js";

/** The list of shards is not the one that this installation was made with: rows of a key would be looked for where they are not. */
function wrongShards(found: string, fix: string): DependencyFailure {
  return new DependencyFailure({ service: "ClickHouse", kind: "database", unreachable: false, found, fix });
}

const requestsEngineQuery = defineQuery("clickhouse/requests-engine", { params: {}, row: { engine: z.string() } });
const shardPlacesQuery = defineQuery("clickhouse/shard-places", {
  params: {},
  row: { fleet: z.string(), number: z.number(), shards: z.number() },
});

/** Gives each shard its place where it has none; `createTable` is the statement that makes the table of it. @throws DependencyFailure when one has another place, or belongs to another installation */
export async function takePlaces(
  home: ClickHouseClient,
  shards: readonly ClickHouseClient[],
  createTable: string,
): Promise<void> {
  await refuseOtherCount(home, shards.length);
  if (shards.length === 1) return;
  let fleet: string | undefined;
  for (const [index, shard] of shards.entries()) {
    await shard.command({ query: createTable });
    const expected = { fleet: fleet ?? randomUUID(), number: index + 1, shards: shards.length };
    // Two who do it at once write the same place, and read what the first of them wrote.
    await insertOnce(shard, "shard_places", (await readPlace(shard)) === undefined ? [expected] : [], "place");
    fleet = refuseOtherPlace(await readPlace(shard), expected, fleet);
  }
}

/** Holds a list of shards against what it was made with. @throws DependencyFailure naming the one that is wrong */
export async function checkPlaces(home: ClickHouseClient, shards: readonly ClickHouseClient[]): Promise<void> {
  await refuseOtherCount(home, shards.length);
  if (shards.length === 1) return;
  let fleet: string | undefined;
  for (const [index, shard] of shards.entries())
    fleet = refuseOtherPlace(await readPlace(shard), { number: index + 1, shards: shards.length }, fleet);
}

/** Holds one shard (from 0) against its place. @throws DependencyFailure when it has another: the rows of keys would come to lie where nobody looks for them */
export async function checkPlace(
  home: ClickHouseClient,
  shards: readonly ClickHouseClient[],
  shard: number,
): Promise<void> {
  if (shards.length === 1) return refuseOtherCount(home, 1);
  refuseOtherPlace(await readPlace(shards[shard]!), { number: shard + 1, shards: shards.length }, undefined);
}

/** Gives a shard a place, beside those that it had before. */
export async function insertPlace(shard: ClickHouseClient, place: Place): Promise<void> {
  const before = await readPlace(shard);
  if (before !== undefined && before.shards >= place.shards) return;
  await insertOnce(shard, "shard_places", [place], `place:${place.shards}`);
}

async function refuseOtherCount(home: ClickHouseClient, shards: number): Promise<void> {
  const [requests] = await readRows(home, requestsEngineQuery, {});
  if (requests === undefined) return;
  const isSpread = requests.engine === "Distributed";
  if (shards > 1 && !isSpread)
    throw wrongShards(
      `CLICKHOUSE_URL names ${shards} servers, and this database was made for one`,
      "name the first alone, and run `plimsoll shards add` with the next",
    );
  if (shards === 1 && isSpread)
    throw wrongShards(
      "CLICKHOUSE_URL names one server, and this database is the first of several shards",
      "name all of them, in the order in which they were named first, with ; between",
    );
}

/** Which shard, from 1, of how many, of which installation. */
export type Place = { readonly fleet: string; readonly number: number; readonly shards: number };

function refuseOtherPlace(
  place: Place | undefined,
  { number, shards }: Omit<Place, "fleet">,
  fleet: string | undefined,
): string {
  const server = `URL ${number} of ${shards} in CLICKHOUSE_URL`;
  if (place === undefined) throw wrongShards(`${server} is no shard of any installation`, "run `plimsoll migrate`");
  if (fleet !== undefined && place.fleet !== fleet)
    throw wrongShards(`${server} is a shard of another installation`, "correct the URL, or name another database");
  if (place.number !== number || place.shards !== shards)
    throw wrongShards(`${server} is shard ${place.number} of ${place.shards}`, fixOfPlace(place, number, shards));
  return place.fleet;
}

function fixOfPlace(place: Place, number: number, shards: number): string {
  if (place.number !== number) return "name the servers in the order in which they were named first";
  return place.shards > shards
    ? "a server was added: name it too, at the end of CLICKHOUSE_URL, and start this again"
    : "name so many servers, and run `plimsoll shards add` with the next";
}

/** Which shard a client's part of the traffic is; undefined where it is none yet. @throws ClickHouseError where it has no table for that */
export async function readPlace(shard: ClickHouseClient): Promise<Place | undefined> {
  const [place] = await readRows(shard, shardPlacesQuery, {});
  return place;
}
