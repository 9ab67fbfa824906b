import { bareKey } from "../../text/secret/bare-key.js";
import { publicPrefixOf } from "../../text/secret/public-prefix.js";
import { looksLikeSecret } from "../../text/secret/secret-shape.js";

/** Shorter runs are names, versions and counters. */
const SHORTEST_RUN = 16;
const RUN = new RegExp(`^(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9]{${SHORTEST_RUN},}$`);
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** So many of a field's values: what is damaged or hidden among them does not count against it. */
const MOST = 0.9;

/** `keys`: nothing else looks so; `maybe`: each value stands there once, as the ids of requests do; `other`: no keys. */
export type FieldShape = "keys" | "maybe" | "other";

/** What a field holds, by its values in many records. */
export function shapeOf(values: readonly string[]): FieldShape {
  if (values.length < 2 || values.filter(isKeyLike).length < values.length * MOST) return "other";
  const isSecret = values.filter(looksLikeSecret).length >= values.length * MOST;
  return isSecret || new Set(values).size * 2 <= values.length ? "keys" : "maybe";
}

/** A known secret, or behind words such as `ak_live_` one run of letters and digits; a name of a host, an upstream or a cipher is none. */
export function isKeyLike(value: string): boolean {
  if (looksLikeSecret(value)) return true;
  const key = bareKey(value);
  return UUID.test(key) || RUN.test(key.slice(publicPrefixOf(key).length));
}
