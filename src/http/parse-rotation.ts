import { z } from "zod";
import type { IdentifyKey } from "../model/key/identify-key.js";
import { isRegistryDate, keyIdSchema, rawKeySchema, REGISTRY_YEARS } from "../model/key/key-schema.js";
import { HOLDS_RAW_KEY } from "../model/key/parse-key.js";
import { holdsRawKey } from "../text/secret/raw-key-finder.js";
import type { RotationRequest } from "../pipeline/registry/change-keys.js";

/** Body of `POST /v1/keys/{key_id}/rotations`. */
export const rotationSchema = z.strictObject({
  to: keyIdSchema.optional(),
  key: rawKeySchema.optional(),
  due: z
    .union([z.literal("now"), z.iso.datetime({ offset: true }), z.iso.date()], "must be now, or a date like 2026-03-08")
    .refine((text) => text === "now" || isRegistryDate(Date.parse(text)), REGISTRY_YEARS)
    .optional(),
});

/** Reads the body of a rotation, `{"to","key","due"}`; problems name the field and never repeat a value. */
export function parseRotation(
  body: Readonly<Record<string, unknown>> | null,
  keyId: string,
  now: number,
  identify: IdentifyKey | null,
): RotationRequest | { readonly problems: readonly string[] } {
  const parsed = rotationSchema.safeParse(body);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) =>
      issue.code === "unrecognized_keys"
        ? "its fields are to, key and due"
        : `${issue.path.join(".")}: ${issue.message}`,
    );
    return { problems };
  }
  const { to = null, key, due } = parsed.data;
  if (key !== undefined && to === null) return { problems: ["key: goes with to, the name of the key that follows"] };
  if (key !== undefined && to !== null && holdsRawKey(to, key)) return { problems: [`to: ${HOLDS_RAW_KEY}`] };
  if (key !== undefined && identify === null) return { problems: ["key: set PLIMSOLL_KEY_PEPPER first"] };
  const at = due === undefined ? null : due === "now" ? now : Date.parse(due);
  return { keyId, to, identity: key === undefined ? null : identify!(key), due: at };
}
