/** What a key used in its first 48 hours founded it, as far as that is what its owner uses; facts of it come with what decides. */
export interface Founding {
  /** Epoch ms at which the founding of a key ended that is compared with its allowed networks or its owner's other keys; 0: all founds it. */
  readonly foundedUntil: number;
  /** Whether the address is in an allowed network; null where none are set. */
  readonly isAllowed: boolean | null;
}

/** The network of an address, and whether the owner's other keys used its autonomous system a week before the key was born. */
export interface FoundingNetwork {
  readonly asn: number;
  readonly networkType: string;
  readonly isOwners: boolean;
}

/** A new application's users are at home and in offices that its owner's servers never were in: these are not compared. */
const NOT_COMPARED = new Set(["isp", "business", "internal"]);

/** Whether what a key first used at an instant (epoch ms) founded it, and is therefore not new to it. */
export function isFounding(seenAt: number, { foundedUntil, isAllowed }: Founding, network: FoundingNetwork): boolean {
  if (seenAt >= foundedUntil) return false;
  if (isAllowed !== null) return isAllowed;
  return network.asn === 0 || NOT_COMPARED.has(network.networkType) || network.isOwners;
}
