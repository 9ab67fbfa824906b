import { z } from "zod";
import { defineQuery } from "../clickhouse/define-query.js";

/** The keys of an owner with their use: an analyst's question, which nobody but analysts asks. */
export const analystOwnerKeysQuery = defineQuery("view/analyst-owner-keys", {
  params: { owner: z.string(), from: z.date() },
  row: {
    key_id: z.string(),
    display: z.string(),
    service: z.string(),
    environment: z.string(),
    limit_per_minute: z.number().nullable(),
    revoked_at: z.string().nullable(),
    observed_by: z.string(),
    last_hour: z.string(),
    requests: z.number(),
    spend_usd: z.number(),
    open_incidents: z.number(),
  },
});

/** The networks of those keys: an analyst's question, too. */
export const analystOwnerNetworksQuery = defineQuery("view/analyst-owner-networks", {
  params: { owner: z.string(), from: z.date() },
  row: {
    key_id: z.string(),
    observed_by: z.enum(["gateway", "caller", "provider"]),
    asn: z.number(),
    asn_name: z.string(),
    network_type: z.string(),
    first_hour: z.string(),
    last_hour: z.string(),
    addresses: z.number(),
    requests: z.number(),
    spend_usd: z.number(),
  },
});

/** What a client did across all keys: an analyst's question, too. */
export const analystClientUseQuery = defineQuery("view/analyst-client-use", {
  params: { client: z.string(), from: z.date(), to: z.date() },
  row: {
    key_id: z.string(),
    observed_by: z.string(),
    user_agent: z.string(),
    first_at: z.string(),
    last_at: z.string(),
    requests: z.number(),
    spend_usd: z.number(),
  },
});
