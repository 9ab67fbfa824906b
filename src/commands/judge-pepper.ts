import type { Config } from "../config.js";
import { pepperIdOf } from "../model/key/key-fingerprint.js";
import type { RegistryStore } from "../store/registry/registry-store.js";
import { fail, ok, type Diagnosis } from "./diagnosis.js";
import { readPeppers } from "./read-keys-file.js";
import { CommandFailure, EXIT } from "./run-command.js";

const FIX =
  "restore the previous pepper, or set PLIMSOLL_KEY_PEPPER_PREVIOUS to it; only if it is lost for good, start `serve` or `up` once with " +
  "--new-pepper: keys registered under it are not recognised until they are imported again";

/**
 * Whether the keys on file were fingerprinted under the pepper that is configured, or the one before it; null without a pepper. One that was changed
 * would make every raw key an unknown source.
 */
export async function judgePepper(
  store: { readonly registry: Pick<RegistryStore, "readPeppersInUse"> },
  config: Config,
): Promise<Diagnosis | null> {
  const given = readPeppers(config).map(pepperIdOf);
  if (given.length === 0) return null;
  const known = await store.registry.readPeppersInUse();
  if (known.size === 0 || given.some((id) => known.has(id)))
    return ok("key pepper in use", "matches the registered keys");
  return fail(
    "key pepper in use",
    "PLIMSOLL_KEY_PEPPER is not the pepper that the registered keys were fingerprinted with",
    FIX,
  );
}

/**
 * Notes which pepper is in force, before a fingerprint is made under it; `isNew` where the former one is lost.
 * @throws CommandFailure when it is not that of the keys on file
 */
export async function usePepper(
  store: { readonly registry: Pick<RegistryStore, "readPeppersInUse" | "insertPepperInUse"> },
  config: Config,
  isNew = false,
): Promise<void> {
  const judged = await judgePepper(store, config);
  if (judged?.state === "fail" && !isNew)
    throw new CommandFailure(EXIT.usage, judged.found, `  to fix it: ${judged.fix ?? ""}`);
  const known = await store.registry.readPeppersInUse();
  const missing = readPeppers(config)
    .map(pepperIdOf)
    .filter((id) => !known.has(id));
  for (const id of missing) await store.registry.insertPepperInUse(id);
}

/** Where somebody says that the former pepper is lost. */
export const NEW_PEPPER = [
  "--new-pepper",
  "continue with a new PLIMSOLL_KEY_PEPPER, because the previous one is lost",
] as const;
