const UNREGISTERED = /^fp_[0-9a-f]{16}$/;

/** True for what a raw key is called that nobody has registered. */
export function isUnregisteredName(keyId: string): boolean {
  return UNREGISTERED.test(keyId);
}
