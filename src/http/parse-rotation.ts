import { z } from "zod";
import type { IdentifyKey } from "../model/identify-key.js";
import { looksLikeSecret } from "../model/secret-shape.js";
import type { RotationWish } from "../pipeline/keys/change-keys.js";

const rotation = z.strictObject({
  to: z
    .string("must be text")
    .min(1, "must have at least 1 character")
    .max(128, "must be at most 128 characters")
    .refine(
      (value) => !looksLikeSecret(value),
      "has the shape of a secret: give a public name here, and the key as key",
    )
    .optional(),
  key: z
    .string("must be text")
    .min(8, "must have at least 8 characters")
    .max(512, "must be at most 512 characters")
    .optional(),
  due: z
    .union([z.literal("now"), z.iso.datetime({ offset: true }), z.iso.date()], "must be now, or a date like 2026-03-08")
    .optional(),
});

/** Reads the body of a rotation, `{"to","key","due"}`; problems name the field and never repeat a value. */
export function parseRotation(
  body: Readonly<Record<string, unknown>> | null,
  keyId: string,
  now: number,
  identify: IdentifyKey | null,
): RotationWish | { readonly problems: readonly string[] } {
  const parsed = rotation.safeParse(body);
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
  if (key !== undefined && identify === null) return { problems: ["key: set PLIMSOLL_KEY_PEPPER first"] };
  const at = due === undefined ? null : due === "now" ? now : Date.parse(due);
  return { keyId, to, identity: key === undefined ? null : identify!(key), due: at };
}
