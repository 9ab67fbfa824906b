import { promisify } from "node:util";
import { gunzip } from "node:zlib";

const unzip = promisify(gunzip);

export type Encoding = "identity" | "gzip";

/** 10 MiB, decoded. */
export const MAX_BODY_BYTES = 10 * 2 ** 20;

/** What a Content-Encoding header asks for, or undefined when it is not taken. */
export function encodingOf(header: string | undefined): Encoding | undefined {
  const name = (header ?? "identity").trim().toLowerCase();
  if (name === "" || name === "identity") return "identity";
  return name === "gzip" || name === "x-gzip" ? "gzip" : undefined;
}

/** The decoded body; `too_large` as soon as it passes 10 MiB, whatever it would have become; `not_gzip` when it is broken. */
export async function decodeBody(body: Buffer, encoding: Encoding): Promise<Buffer | "too_large" | "not_gzip"> {
  if (encoding === "identity" || body.length === 0) return body;
  try {
    return await unzip(body, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? "too_large" : "not_gzip";
  }
}
