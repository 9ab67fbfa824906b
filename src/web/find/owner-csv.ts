import type { OwnerUse } from "../../pipeline/view/owner-use.js";
import type { OwnerNetwork } from "../../store/view/owner-use.js";
import { csvText } from "../../text/csv-text.js";

const KEY_HEADS =
  "key_id,display,state,revoked,service,environment,provider,limit_per_minute,last_use,requests,unknown_requests,spend_usd,open_incidents";
const NETWORK_HEADS =
  "key_id,observed_by,asn,network_name,network_type,first_use,last_use,addresses,requests,refused,spend_usd";

/** The keys of an owner as CSV; instants are ISO, UTC, ids of incidents stand apart by a blank. */
export function ownerKeysCsv({ keys }: OwnerUse): string {
  const lines = keys.map(({ keyId, key, state, isRevoked, lastAt, requests, unknownRequests, spendMicros, open }) => [
    keyId,
    key.display,
    state,
    String(isRevoked),
    key.service,
    key.environment,
    key.provider,
    key.limitPerMinute ?? "",
    lastAt === null ? "" : new Date(lastAt).toISOString(),
    requests,
    unknownRequests,
    spendMicros / 1e6,
    open.map(({ incidentId }) => incidentId).join(" "),
  ]);
  return `${csvText([KEY_HEADS.split(","), ...lines])}\r\n`;
}

/** From where each of the keys was used, as CSV. */
export function ownerNetworksCsv(uses: readonly OwnerNetwork[]): string {
  const lines = uses.map((one) => [
    one.keyId,
    one.observedBy,
    one.asn,
    one.networkName,
    one.networkType,
    new Date(one.firstAt).toISOString(),
    new Date(one.lastAt).toISOString(),
    one.addresses,
    one.requests,
    one.refused,
    one.spendMicros / 1e6,
  ]);
  return `${csvText([NETWORK_HEADS.split(","), ...lines])}\r\n`;
}
