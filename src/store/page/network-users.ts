import { z } from "zod";
import { defineQuery } from "../clickhouse/define-query.js";

/** Keys that were used from a network (CIDR of IPv6) in a span: an analyst's question, which nobody but analysts asks. */
export const networkUsersQuery = defineQuery("page/network-users-since", {
  params: { network: z.string(), from: z.date(), to: z.date(), as_of: z.date() },
  row: {
    key_id: z.string(),
    source_ip: z.string(),
    asn: z.number(),
    first_at: z.string(),
    last_at: z.string(),
    requests: z.number(),
    spend_usd: z.number(),
    user_agents: z.array(z.string()),
  },
});
