import type { Finding } from "../../model/finding/finding.js";
import { evidenceParams, keySourcesQuery } from "../../store/page/key-sources.js";
import { networkUsersQuery } from "../../store/page/network-users.js";
import { printQuery } from "../../store/clickhouse/sql-files.js";

/** The query, with its values, that shows the requests behind a finding about a key, as an analyst may run it; null where it is about no key; `keyIds` are all of the key. */
export function evidenceQuery(finding: Finding, keyIds: readonly string[]): string | null {
  const { keyId, onset, tick, asOf } = finding;
  if (keyId === null) return null;
  const span = { from: new Date(onset), to: new Date(tick), as_of: new Date(asOf) };
  const { statistics } = finding;
  return "network" in statistics
    ? printQuery(networkUsersQuery, { ...span, network: mappedBlock(statistics.network) })
    : printQuery(
        keySourcesQuery,
        evidenceParams({ ...finding, keyIds: [...new Set([keyId, ...keyIds])], from: onset, to: tick }),
      );
}

/** A block as addresses are stored: IPv4 in its IPv6 coat. */
function mappedBlock(network: string): string {
  const [address = "", bits = ""] = network.split("/");
  return address.includes(":") ? network : `::ffff:${address}/${96 + Number(bits)}`;
}
