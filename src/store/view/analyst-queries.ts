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

/** The list of keys by what the registry says of them: an analyst's question, too. */
export const analystKeysQuery = defineQuery("view/analyst-keys", {
  params: {
    owner: z.string(),
    service: z.string(),
    provider: z.string(),
    environment: z.string(),
    from: z.date(),
  },
  row: {
    key_id: z.string(),
    display: z.string(),
    owner: z.string(),
    service: z.string(),
    provider: z.string(),
    environment: z.string(),
    limit_per_minute: z.number().nullable(),
    rotate_by: z.string().nullable(),
    revoked_at: z.string().nullable(),
    observed_by: z.string(),
    requests: z.number(),
    spend_usd: z.number(),
    throttled: z.number(),
    open_incidents: z.number(),
  },
});

/** The list of incidents: an analyst's question, too. */
export const analystIncidentsQuery = defineQuery("view/analyst-incidents", {
  params: {
    from: z.date(),
    to: z.date(),
    state: z.string(),
    severity: z.string(),
    cause: z.string(),
    verdict: z.string(),
    key: z.string(),
    owner: z.string(),
  },
  row: {
    incident_id: z.string(),
    opened_at: z.string(),
    changed_at: z.string(),
    severity: z.string(),
    state: z.string(),
    cause: z.string(),
    key_id: z.string(),
    keys: z.array(z.string()),
    subject: z.string(),
    reason: z.string(),
    notifications: z.number(),
    verdict: z.string(),
  },
});

/** The keys that used a network: an analyst's question, too. */
export const analystNetworkKeysQuery = defineQuery("view/analyst-network-keys", {
  params: { asn: z.number(), address: z.string(), bits: z.number(), from: z.date() },
  row: {
    key_id: z.string(),
    observed_by: z.string(),
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
