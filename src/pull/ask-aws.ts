import { AwsV4Signer } from "aws4fetch";
import type { z } from "zod";
import type { Secret } from "../secret.js";
import { askProvider } from "./ask-provider.js";

/** One operation of an AWS service that speaks JSON 1.1. */
export interface AwsQuestion {
  readonly origin: string;
  readonly service: string;
  readonly region: string;
  /** The operation's full name, as `X-Amz-Target` has it. */
  readonly target: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** `access key id:secret access key`, and `:session token` where there is one. */
  readonly credential: Secret;
}

/** Asks AWS, signed by Signature Version 4. @throws PullProblem, as askProvider */
export async function askAws<Shape extends z.ZodType>(
  { origin, service, region, target, body, credential }: AwsQuestion,
  schema: Shape,
  signal: AbortSignal,
): Promise<z.output<Shape>> {
  const [accessKeyId = "", secretAccessKey = "", sessionToken] = credential.reveal().split(":");
  const signer = new AwsV4Signer({
    method: "POST",
    url: new URL("/", origin).href,
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
    body: JSON.stringify(body),
    accessKeyId,
    secretAccessKey,
    service,
    region,
    // AWS wants the type of the body signed, which the library leaves out unless asked.
    allHeaders: true,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  });
  const { url, headers } = await signer.sign();
  const secrets = [secretAccessKey, ...(sessionToken === undefined ? [] : [sessionToken])];
  const question = {
    url,
    method: "POST",
    headers: Object.fromEntries(headers),
    body: JSON.stringify(body),
    secrets,
  } as const;
  return askProvider(question, schema, signal);
}
