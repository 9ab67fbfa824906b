/** What a key meets in its first 48 hours founds it, as far as its peers know it. */
export const FOUNDING_MS = 2 * 86_400_000;

/** Whose keys a new key is compared with: the narrowest of these that has a history. */
export const PEER_KINDS = ["owner", "service", "provider", "fleet"] as const;
export type PeerKind = (typeof PEER_KINDS)[number];

/** How the first 48 hours of a key that is compared are judged. */
export interface FirstDays {
  /** Epoch ms of their end. */
  readonly until: number;
  /** `new`: what its peers know is its own; `dormant`: it was created long before its first use, and nothing is its own yet. */
  readonly kind: "new" | "dormant";
  /** Whom a new key is compared with; null for a dormant one. */
  readonly peers: PeerKind | null;
}
