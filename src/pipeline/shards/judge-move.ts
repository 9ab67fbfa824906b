import type { MoveFacts } from "../../store/shards/examine-move.js";

/** Why a server cannot be added, and what to do. */
export interface MoveProblem {
  readonly found: string;
  readonly fix: string;
}

/** What is written beside the rows, and what merges need for a while. */
const ROOM = 1.3;
const GB = 1e9;

/** What stands against adding a server; null when nothing does. `resumes` where it was begun before. */
export function judgeMove({ reads, olds, added, withoutCluster }: MoveFacts, shards: number): MoveProblem | null {
  const of = `server ${shards}`;
  const [first] = olds;
  const fleet = first?.place?.fleet;
  const { place } = added;
  if (reads === "none") return { found: "the database in CLICKHOUSE_URL has no tables", fix: "run `plimsoll migrate`" };
  const wrong = olds.findIndex((old, index) => old.place !== undefined && old.place.number !== index + 1);
  if (wrong >= 0)
    return {
      found: `URL ${wrong + 1} of ${olds.length} in CLICKHOUSE_URL is server ${olds[wrong]!.place!.number}`,
      fix: "name the servers in the order in which they were named first",
    };
  if (shards > 2 && olds.some((old) => old.place === undefined))
    return { found: "one of the servers in CLICKHOUSE_URL is none of an installation", fix: "run `plimsoll migrate`" };
  if (olds.some((old) => (old.place?.shards ?? 1) > shards))
    return {
      found: `this installation has ${first?.place?.shards} servers`,
      fix: "name all of them in CLICKHOUSE_URL, and add the next",
    };
  if (place === undefined && (reads === "cut_off" || olds.some((old) => old.place?.shards === shards)))
    return {
      found: `another server was made server ${shards}${reads === "cut_off" ? ", and that is not done yet" : ""}`,
      fix: "give the URL of that one; add the next after it",
    };
  if (place !== undefined && place.fleet === fleet && place.number !== shards)
    return {
      found: `the URL that is added is server ${place.number} of this installation already`,
      fix: "give the URL of a server that is not in CLICKHOUSE_URL, by whatever name",
    };
  if (place !== undefined && place.fleet !== fleet)
    return {
      found: "the URL that is added is a server of another installation",
      fix: "give the URL of a server of its own, or drop the databases of that installation there",
    };
  if (place === undefined && (added.hasDatabase || added.rows > 0))
    return {
      found: "the server that is added has a Plimsoll database of its own",
      fix: "give the URL of an empty server, or drop that database there",
    };
  const oldest = olds.map(({ version }) => version).toSorted(compareVersions)[0] ?? "";
  if (compareVersions(added.version, oldest) < 0)
    return {
      found: `the server that is added runs ClickHouse ${added.version}, and the others ${oldest} or later`,
      fix: `install ClickHouse ${oldest} or later on it`,
    };
  if (withoutCluster.length > 0)
    return {
      found: `server ${withoutCluster.join(", ")} of ${shards} does not know all servers`,
      fix: "put what `plimsoll shards add <url> --print-cluster` prints into config.d of every server, with sql/access/shards.xml in users.d and CLICKHOUSE_SHARDS_PASSWORD in its environment",
    };
  const needed = roomNeeded(olds, shards);
  if (place === undefined && added.freeBytes < needed)
    return {
      found: `${of} has ${gigabytes(added.freeBytes)} free, and about ${gigabytes(needed)} are needed`,
      fix: "give it a larger disk",
    };
  return null;
}

/** Bytes that the added server needs, by what the others hold. */
export function roomNeeded(olds: MoveFacts["olds"], shards: number): number {
  return (olds.reduce((sum, { bytes }) => sum + bytes, 0) / shards) * ROOM;
}

/** Bytes as people read them. */
export const gigabytes = (bytes: number) => `${(bytes / GB).toFixed(bytes < GB ? 3 : 1)} GB`;

/** Whether a version is older (below 0) or newer than another, by year and release: what is mended within one changes nothing here. */
function compareVersions(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => version.split(".").map(Number));
  const at = [0, 1].find((place) => (a?.[place] ?? 0) !== (b?.[place] ?? 0));
  return at === undefined ? 0 : (a?.[at] ?? 0) - (b?.[at] ?? 0);
}
