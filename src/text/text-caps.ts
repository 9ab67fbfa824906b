/**
 * The longest text that is kept of each field, in UTF-16 units. `id` is refused beyond it, for a cut id names another request; the rest is cut.
 * Routes are templates and labels are few: what is longer is a mistake that would fill the dictionaries of LowCardinality columns.
 */
export const TEXT_CAPS = {
  id: 128,
  method: 16,
  route: 512,
  scope: 128,
  user_agent: 256,
  tls_fingerprint: 64,
  region: 64,
  service: 128,
} as const;

export type TextField = keyof typeof TEXT_CAPS;

/** The longest public name of a key: that of a Google service account's key takes 162 characters. */
export const KEY_ID_CAP = 256;
