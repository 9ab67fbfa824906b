import { z } from "zod";
import { OBSERVERS } from "../../model/event/request-event.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, flag, listOf, type RowOf } from "../clickhouse/define-query.js";
import { NO_NOVELTY, type NoveltyContext, type NoveltyFacts } from "./novelty-fact.js";
import { withoutFounding, type RawFacts } from "./founded-facts.js";

/**
 * So many addresses, routes and clients are judged of what is new to one key in one quarter of an hour: an attacker who needs more is found by the first
 * of them, and whoever floods one key keeps no check of another from its end.
 */
export const MOST_NEW_VALUES = 5000;

const seconds = (ms: number) => Math.floor(ms / 1000);

const youngKeysQuery = defineQuery("check/young-keys", {
  asOf: true,
  params: { hour: z.number(), held_days: listOf(z.number()), until: z.number(), keys: listOf(z.string()) },
  row: { key_id: z.string() },
});

const noveltyFactsQuery = defineQuery("check/novelty-facts", {
  asOf: true,
  params: {
    hour: z.number(),
    held_days: listOf(z.number()),
    until: z.number(),
    young: listOf(z.string()),
    heirs: listOf(z.string()),
    elders: listOf(z.string()),
    registry_at: z.date(),
    visible: z.date(),
    held_keys: listOf(z.string()),
    most: z.number(),
  },
  row: {
    key_id: z.string(),
    observed_by: z.enum(OBSERVERS),
    level: z.enum(["ip", "asn", "route", "user_agent"]),
    value: z.string(),
    network: z.string(),
    network16: z.string(),
    used_s: z.number(),
    own_s: z.number(),
    net24_s: z.number(),
    net16_s: z.number(),
    outside_s: z.number(),
    founded_s: z.number(),
    is_dormant: flag,
    allowed: z.number(),
  },
});

/**
 * What is new to keys at `hour`, as far as it was used before `until` (both epoch ms); of all keys unless some are given, and of what is new to
 * one key in a quarter of an hour at most so many addresses, routes and clients. Of some keys it is asked first to which of them anything can be new.
 */
export async function readNoveltyFacts(
  client: ClickHouseClient,
  of: NoveltyContext & {
    readonly hour: number;
    readonly until: number;
    readonly keys?: readonly string[];
    readonly most?: number;
  },
  asOf: number | null,
): Promise<NoveltyFacts> {
  const { held, registry } = of;
  const when = {
    hour: seconds(of.hour),
    until: seconds(of.until),
    // A lookup in empty arrays is an error.
    held_days: held.keys.length === 0 ? [0] : held.days,
  };
  const { keys = [] } = of;
  const young = keys.length === 0 ? [] : await readRows(client, youngKeysQuery, { ...when, keys }, asOf);
  if (young.length === 0 && keys.length > 0) return NO_NOVELTY;
  const params = {
    ...when,
    young: young.map((row) => row.key_id),
    held_keys: held.keys.length === 0 ? [""] : held.keys,
    most: of.most ?? MOST_NEW_VALUES,
    registry_at: new Date(registry.at),
    visible: new Date(registry.visible),
    heirs: of.lineages.size === 0 ? [""] : [...of.lineages].flatMap(([heir, elders]) => elders.map(() => heir)),
    elders: of.lineages.size === 0 ? [""] : [...of.lineages.values()].flat(),
  };
  const rows = await readRows(client, noveltyFactsQuery, params, asOf);
  const values = (level: RowOf<typeof noveltyFactsQuery>["level"]) =>
    rows
      .filter((row) => row.level === level)
      .map((row) => ({
        keyId: row.key_id,
        observedBy: row.observed_by,
        value: row.value,
        usedAt: row.used_s * 1000,
        seenAt: row.own_s * 1000,
        foundedUntil: row.founded_s * 1000,
        isDormant: row.is_dormant === 1,
        isConfined: row.allowed >= 0,
      }));
  const raw: RawFacts = {
    systems: values("asn"),
    routes: values("route"),
    clients: values("user_agent"),
    addresses: rows
      .filter((row) => row.level === "ip")
      .map((row) => ({
        keyId: row.key_id,
        observedBy: row.observed_by,
        address: row.value,
        usedAt: row.used_s * 1000,
        network: row.network,
        ip: row.own_s * 1000,
        net24: row.net24_s * 1000,
        net16: row.net16_s * 1000,
        network16: row.network16,
        outsideAllowed: row.outside_s * 1000,
        foundedUntil: row.founded_s * 1000,
        isDormant: row.is_dormant === 1,
        isAllowed: row.allowed < 0 ? null : row.allowed === 1,
      })),
  };
  return withoutFounding(client, raw, of, asOf);
}

const keysWithFirstUsesQuery = defineQuery("check/keys-with-first-uses", {
  asOf: true,
  params: { from: z.number(), until: z.number(), keys: listOf(z.string()) },
  row: { key_id: z.string() },
});

/** Keys, or those of some, that used something for the first time in a span (epoch ms, half-open). */
export async function readKeysWithFirstUses(
  client: ClickHouseClient,
  of: { readonly from: number; readonly until: number; readonly keys: readonly string[] },
  asOf: number | null,
): Promise<string[]> {
  const params = { from: seconds(of.from), until: seconds(of.until), keys: of.keys };
  const rows = await readRows(client, keysWithFirstUsesQuery, params, asOf);
  return rows.map((row) => row.key_id);
}
