import { z } from "zod";

/** Who may call: a token with one of these rights, a signature, or anybody. */
export const ACCESS = {
  ingestToken: { type: "http", scheme: "bearer", description: "A token of PLIMSOLL_INGEST_TOKENS." },
  readToken: { type: "http", scheme: "bearer", description: "A token of PLIMSOLL_READ_TOKENS." },
  adminToken: { type: "http", scheme: "bearer", description: "A token of PLIMSOLL_ADMIN_TOKENS." },
  firehoseKey: {
    type: "apiKey",
    in: "header",
    name: "X-Amz-Firehose-Access-Key",
    description: "A token of PLIMSOLL_INGEST_TOKENS, or of PLIMSOLL_ADMIN_TOKENS for history.",
  },
  githubSignature: {
    type: "apiKey",
    in: "header",
    name: "Github-Public-Key-Signature",
    description: "GitHub's signature of the body, with Github-Public-Key-Identifier.",
  },
  pagerDutySignature: {
    type: "apiKey",
    in: "header",
    name: "X-PagerDuty-Signature",
    description: "PagerDuty's V3 signature of the body.",
  },
} as const;

/** One route of `/v1` as the OpenAPI document describes it. */
export interface Operation {
  readonly method: "get" | "post" | "put";
  /** With its parameters in braces. */
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  /** One of these is enough; none: open to all. */
  readonly access: readonly (keyof typeof ACCESS)[];
  readonly query?: z.ZodObject;
  /** Schemas by media type, or what stands for one that has none. */
  readonly body?: Content;
  readonly answers: Readonly<Record<number, Answer>>;
}

export type Content = Readonly<Record<string, z.ZodType>>;

export interface Answer {
  readonly description: string;
  readonly content?: Content;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What an answer about something that failed holds. @public for the test that holds answers against it */
export const errorSchema = z
  .object({
    error: z.string().describe("What happened."),
    errors: z.array(z.unknown()).optional().describe("What is wrong, one by one: field and fix, never a value."),
  })
  .meta({ id: "Error" });

/** Content of one schema in JSON. */
export const json = (schema: z.ZodType): Content => ({ "application/json": schema });

/** An answer about something that failed. */
export const failure = (description: string, headers?: Answer["headers"]): Answer => ({
  description,
  content: json(errorSchema),
  ...(headers === undefined ? {} : { headers }),
});

/** Who is turned away. */
export const DENIED = {
  401: failure("No token, or an unknown one."),
  403: failure("The token does not have the right."),
} as const;

/** What is worth sending again. */
export const retryLater = (description: string): Answer =>
  failure(description, { "Retry-After": "Seconds to wait before the next try." });
