import { z } from "zod";
import { keySchema } from "../../model/key/key-schema.js";
import { ROTATION_STATES } from "../../model/key/rotation.js";
import { rotationSchema } from "../parse-rotation.js";
import { DENIED, failure, json, type Operation } from "./operation.js";

const instant = z.iso.datetime();

const registeredKey = keySchema
  .omit({ key: true })
  .extend({ state: z.enum(["active", "rotation due", "revoked", "scheduled"]) })
  .describe("An entry of the registry; what holds nothing is left out.");
const unregisteredKey = z
  .strictObject({
    key_id: z.string(),
    state: z.literal("unregistered"),
    observed_by: z.array(z.string()),
    first_seen_at: instant,
    last_seen_at: instant,
  })
  .describe("A key that was seen in traffic only.");

/** A key as the registry and traffic know it. @public for the test that holds answers against it */
export const keyAnswer = z.union([registeredKey, unregisteredKey]);

/** How far a rotation is. @public for the test that holds answers against it */
export const rotationAnswer = z.object({
  key_id: z.string(),
  state: z.enum(ROTATION_STATES),
  successor: registeredKey.nullable(),
  due: instant.nullable(),
  last_used_within_the_hour: instant.nullable(),
});

/** What a key was written as. @public for the test that holds answers against it */
export const writtenAnswer = z.object({ change: z.enum(["new", "changed", "unchanged"]), key: registeredKey });

const reading = ["readToken", "adminToken"] as const;
const writing = ["adminToken"] as const;
const UNKNOWN = failure("Unknown key.");
const NOT_WRITTEN = {
  ...DENIED,
  400: failure("Nothing was written: errors says what is wrong."),
  409: failure("Nothing was written: errors says what it contradicts."),
  413: failure("The body is too large."),
};

/** The registry of keys. */
export const registryOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/v1/keys",
    id: "listKeys",
    summary: "Every registered key, and the latest of those that are not",
    access: reading,
    answers: { 200: { description: "All of them.", content: json(z.array(keyAnswer)) }, ...DENIED },
  },
  {
    method: "get",
    path: "/v1/keys/{key_id}",
    id: "readKey",
    summary: "A key",
    access: reading,
    answers: { 200: { description: "The key.", content: json(keyAnswer) }, ...DENIED, 404: UNKNOWN },
  },
  {
    method: "put",
    path: "/v1/keys/{key_id}",
    id: "writeKey",
    summary: "Writes a new version of a key; a raw key in it is turned into a fingerprint",
    access: writing,
    body: json(keySchema.partial({ key_id: true })),
    answers: {
      200: {
        description: "Written, unless nothing changed.",
        content: json(writtenAnswer),
      },
      ...NOT_WRITTEN,
    },
  },
  {
    method: "get",
    path: "/v1/keys/{key_id}/rotations",
    id: "readRotation",
    summary: "How far the rotation of a key is",
    access: reading,
    answers: { 200: { description: "Its state.", content: json(rotationAnswer) }, ...DENIED, 404: UNKNOWN },
  },
  {
    method: "post",
    path: "/v1/keys/{key_id}/rotations",
    id: "rotateKey",
    summary: "Announces the rotation of a key, to another if that is named",
    access: writing,
    body: json(rotationSchema),
    answers: {
      201: { description: "Announced.", content: json(rotationAnswer) },
      ...NOT_WRITTEN,
      404: UNKNOWN,
    },
  },
];
