/** A person's word that an incident of a key was benign: whom it told of belongs to the key from then on. */
export interface BenignWord {
  readonly keyId: string;
  /** Epoch ms. */
  readonly saidAt: number;
  /** Blocks (CIDR) that its findings blamed. */
  readonly networks: readonly string[];
  /** Programs and routes that were new in the same minutes. */
  readonly programs: readonly string[];
  readonly routes: readonly string[];
}
