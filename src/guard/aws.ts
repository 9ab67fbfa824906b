import { AwsV4Signer } from "aws4fetch";
import { z } from "zod";
import type { ContainmentAction } from "../model/incident/containment.js";
import { Secret } from "../secret.js";
import type { DesiredState } from "../contain/desired-state.js";
import { defineTarget } from "./define-target.js";
import { address, secret } from "./target-fields.js";

/** An access key id and its secret, and a session token where there is one. */
const isAccessKey = (given: Secret) => /^[A-Z0-9]{16,128}:[^\s:]+(:[^\s:]+)?$/.test(given.reveal());

const USER_NAME = /^[A-Za-z0-9+=,.@_-]{1,64}$/;

/**
 * AWS IAM, by its query API: an inline policy of our own on the user whose access key it is. A policy denies whatever else allows, and taking ours away
 * gives back no more than there was: to switch the access key on again could undo what its owner did meanwhile.
 *
 * | here | there |
 * | --- | --- |
 * | guardRef | `UserName` |
 * | `deny_networks` | `PutUserPolicy` of `plimsoll-deny_networks`: Deny `*` where `aws:SourceIp` is in the networks |
 * | `freeze` | `PutUserPolicy` of `plimsoll-freeze`: Deny `*` |
 * | nothing is to hold | `DeleteUserPolicy`; 404 `NoSuchEntity`: it is gone |
 */
export const aws = defineTarget({
  type: "aws",
  actions: ["deny_networks", "freeze"],
  settings: z.strictObject({
    access_key: secret.refine(isAccessKey, "must be <access key id>:<secret access key>"),
    url: address.default(new URL("https://iam.amazonaws.com/")),
    region: z.string("must be text").default("us-east-1"),
  }),
  problemOf: ({ call, desired }) =>
    desired === null || USER_NAME.test(call.guardRef)
      ? null
      : "guard_ref must be the name of an IAM user, no ARN: 1 to 64 letters, digits and + = , . @ _ -",
  requests: ({ call, desired }, { url }) => {
    const policy = { Version: "2010-05-08", UserName: call.guardRef, PolicyName: `plimsoll-${call.action}` };
    const form = new URLSearchParams(
      desired === null
        ? { Action: "DeleteUserPolicy", ...policy }
        : { Action: "PutUserPolicy", ...policy, PolicyDocument: documentOf(call.action, desired) },
    );
    const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    const isDone = (status: number, answer: string) =>
      (status === 200 && answer.includes(`<${form.get("Action")}Response`)) ||
      (desired === null && status === 404 && answer.includes("<Code>NoSuchEntity</Code>"));
    return [{ method: "POST", url, headers, body: form.toString(), isDone }];
  },
  authorize: async ({ method, url, headers, body }, _asked, settings) => {
    const [accessKeyId = "", secretAccessKey = "", sessionToken] = settings.access_key.reveal().split(":");
    const signer = new AwsV4Signer({
      method,
      url: url.href,
      headers: { ...headers },
      body: body ?? "",
      accessKeyId,
      secretAccessKey,
      service: "iam",
      region: settings.region,
      // AWS wants the type of the body signed, which the library leaves out unless asked.
      allHeaders: true,
      ...(sessionToken === undefined ? {} : { sessionToken }),
    });
    return Object.fromEntries((await signer.sign()).headers);
  },
  secrets: ({ access_key: key }) =>
    key
      .reveal()
      .split(":")
      .slice(1)
      .map((part) => new Secret(part)),
});

function documentOf(action: ContainmentAction, { networks }: DesiredState): string {
  const deny = { Sid: "Plimsoll", Effect: "Deny", Action: "*", Resource: "*" };
  const condition = action === "freeze" ? {} : { Condition: { IpAddress: { "aws:SourceIp": networks } } };
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ ...deny, ...condition }] });
}
