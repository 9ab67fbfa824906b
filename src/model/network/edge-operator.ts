import { KNOWN_HOSTING } from "./known-hosting.js";

/** Who stands before other people's servers: an address of theirs is the edge's, and not the client's. CloudFront has no system of its own. */
const EDGES = ["Cloudflare", "Akamai", "Fastly", "Limelight", "Edgecast"] as const;

/** The operator of a content network, by its autonomous system; null for any other. */
export function edgeOperatorOf(asn: number): string | null {
  return EDGES.find((name) => KNOWN_HOSTING[name]?.includes(asn)) ?? null;
}
