import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf, flag } from "../clickhouse/define-query.js";
import type { OtherKeys } from "../../model/finding/evidence.js";
import { placesOf, type Bits } from "../clickhouse/network-places.js";
import { plainAddress } from "../clickhouse/plain-address.js";

/** Whose sources are looked for on other keys: blocks (CIDR), a span of amounts, and since when they are under suspicion (epoch ms). */
export interface OtherKeysQuestion {
  /** Every id of the key itself. */
  readonly keyIds: readonly string[];
  readonly blocks: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly onset: number;
  /** From so many keys before the onset on, a network is one that many share. */
  readonly sharedFrom: number;
  /** Keys and networks that are listed. */
  readonly most: number;
}

const otherKeysQuery = defineQuery("page/other-keys", {
  params: {
    v4_bits: z.number(),
    v6_bits: z.number(),
    addresses: listOf(z.string()),
    from: z.number(),
    to: z.number(),
    keys: listOf(z.string()),
    networks: listOf(z.string()),
    onset: z.number(),
    shared: z.number(),
    most: z.number(),
  },
  row: {
    kind: z.enum(["key", "network"]),
    key_id: z.string(),
    block: z.string(),
    keys: z.number(),
    is_shared: flag,
    is_same: flag,
    first_s: z.number(),
    last_s: z.number(),
    requests: z.number(),
    denied: z.number(),
    spend_micros: z.number(),
    alike: z.number(),
    alike_apart: z.number(),
    alike_new: z.number(),
  },
});

/** Keys but one that were used from the addresses of some blocks, or from their /24s (IPv6 /64), with one scan for all of them. */
export async function readOtherKeys(client: ClickHouseClient, question: OtherKeysQuestion): Promise<OtherKeys> {
  const { bits, ...places } = placesOf(question.blocks);
  const rows = await readRows(client, otherKeysQuery, {
    ...places,
    keys: question.keyIds,
    v4_bits: bits.v4 + 96,
    v6_bits: bits.v6,
    from: Math.floor(question.from / 1000),
    to: Math.ceil(question.to / 1000),
    onset: Math.floor(question.onset / 1000),
    shared: question.sharedFrom,
    most: question.most,
  });
  const keys = rows.filter(({ kind }) => kind === "key");
  return {
    listed: keys.map((row) => ({
      keyId: row.key_id,
      isSameAddress: row.is_same === 1,
      isShared: row.is_shared === 1,
      firstServedAt: row.first_s === 0 ? null : row.first_s * 1000,
      lastAt: row.last_s * 1000,
      requests: row.requests,
      refused: row.denied,
      spendMicros: row.spend_micros,
    })),
    keys: keys[0]?.alike ?? 0,
    apart: keys[0]?.alike_apart ?? 0,
    fresh: keys[0]?.alike_new ?? 0,
    shared: rows
      .filter(({ kind, is_shared: isShared }) => kind === "network" && isShared === 1)
      .map(({ block, keys: users }) => ({ network: cidrOf(block, bits), keys: users })),
  };
}

function cidrOf(block: string, bits: Bits): string {
  const plain = plainAddress(block);
  return `${plain}/${plain.includes(":") ? bits.v6 : bits.v4}`;
}
