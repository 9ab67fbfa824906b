import type { Finding } from "../../model/finding/finding.js";
import type { Incident } from "../../model/incident/incident.js";
import type { Lineages } from "../../model/key/lineage.js";
import { shardOf } from "../../store/clickhouse/shard-of.js";
import { awayShards } from "../../store/clickhouse/answering-shards.js";
import type { Store } from "../../store/store.js";
import { CheckCache } from "./facts/check-cache.js";

/** What is checked while some shards are away: keys whose rows, and those of all that they succeed, lie on the others. */
export interface AnsweringKeys {
  /** Answers without the shards that are away. */
  readonly store: Store;
  readonly memory: CheckCache;
  /** Why the other keys are not evaluated. */
  readonly detail: string;
  /**
   * Whether that is about nothing but a key that is checked. What is about several keys may be about those of a shard that is away, and so is what was
   * judged by a new key's peers.
   */
  readonly isAbout: (one: Finding | Incident, lineages: Lineages) => boolean;
  /** @throws Error when other shards answer than when the check began, or one was started again: what was read may lack their rows */
  readonly confirm: () => Promise<void>;
}

/** Null where all shards answer. */
export async function readAnsweringKeys(store: Store, memory: CheckCache): Promise<AnsweringKeys | null> {
  const { answering } = store;
  if (answering === null) return null;
  const uptimes = await answering.readUptimes();
  const away = awayShards(answering.shards, uptimes);
  if (away.length === 0) return null;
  const isThere = (keyId: string) => uptimes.has(shardOf(keyId, answering.shards));
  const detail = `${serversText(away, answering.shards)}: only keys of the others were evaluated`;
  return {
    store: answering.store,
    memory: await memory.inPart.recall("", { stamp: away.join(), keep: true }, async () => new CheckCache()),
    detail,
    isAbout: (one, lineages) => {
      const { keyId, subject } = one;
      if (keyId === null || (subject !== null && subject.kind !== "key")) return false;
      return [keyId, ...(lineages.get(keyId) ?? [])].every(isThere) && !isJudgedByPeers(one);
    },
    confirm: async () => {
      const after = await answering.readUptimes();
      const isSame = [...uptimes].every(([shard, uptime]) => (after.get(shard) ?? -1) >= uptime);
      if (after.size !== uptimes.size || !isSame)
        throw new Error("other ClickHouse servers answer than when the check began");
    },
  };
}

function serversText(away: readonly number[], of: number): string {
  const numbers = away.map((shard) => shard + 1).join(", ");
  return `ClickHouse ${away.length === 1 ? "server" : "servers"} ${numbers} of ${of} did not answer`;
}

function isJudgedByPeers(one: Finding | Incident): boolean {
  if (!("statistics" in one) || one.cause !== "leak" || !("first_days" in one.statistics)) return false;
  return one.statistics.first_days?.kind === "new";
}
