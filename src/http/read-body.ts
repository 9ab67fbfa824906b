import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { BodyAccount } from "./body-budget.js";
import { BodyRefused } from "./body-refused.js";
import type { LeastRate } from "./least-rate.js";

export type Encoding = "identity" | "gzip";

/** 10 MiB, decoded. */
export const MAX_BODY_BYTES = 10 * 2 ** 20;

export interface ReadBodyOptions {
  readonly encoding: Encoding;
  readonly account: BodyAccount;
  /** Bytes that the account holds for the body already. */
  readonly reservedBytes: number;
  readonly limitBytes: number;
  readonly leastRate: LeastRate;
}

/** What a Content-Encoding header asks for, or undefined when it is not taken. */
export function encodingOf(header: string | undefined): Encoding | undefined {
  const name = (header ?? "identity").trim().toLowerCase();
  if (name === "" || name === "identity") return "identity";
  return name === "gzip" || name === "x-gzip" ? "gzip" : undefined;
}

/**
 * Reads a whole body, decoded on its way: each piece is charged to the account before the next one is made, whatever the body said of
 * its length.
 * @throws BodyRefused as soon as it is too large, there is no room for more of it, it arrives too slowly or is not what it should be
 */
export async function readBody(payload: Readable, options: ReadBodyOptions): Promise<Buffer> {
  const { encoding, account, reservedBytes, limitBytes, leastRate } = options;
  const unzip = encoding === "gzip" ? createGunzip() : null;
  const chunks: Buffer[] = [];
  let bytes = 0;
  let charged = reservedBytes;
  return new Promise<Buffer>((resolve, reject) => {
    const stop = (): void => {
      watched.done();
      payload.off("data", count);
      if (unzip === null) payload.off("data", take);
      else unzip.off("data", take);
    };
    const refuse = (problem: BodyRefused): void => {
      stop();
      chunks.length = 0;
      if (unzip !== null) {
        payload.unpipe(unzip);
        unzip.destroy();
      }
      // What is left of it passes by unread: whoever is still sending gets the answer.
      payload.resume();
      reject(problem);
    };
    const watched = leastRate.watch(() => refuse(new BodyRefused("too_slow")));
    const count = (chunk: Buffer): void => watched.received(chunk.length);
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > limitBytes) return refuse(new BodyRefused("too_large", limitBytes));
      if (bytes > charged && !account.charge(bytes - charged)) return refuse(new BodyRefused("no_room"));
      charged = Math.max(charged, bytes);
      chunks.push(chunk);
    };
    const finish = (): void => {
      stop();
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes));
    };
    payload.on("data", count);
    payload.once("error", () => refuse(new BodyRefused("cut_off")));
    payload.once("close", () => payload.readableEnded || refuse(new BodyRefused("cut_off")));
    const decoded = unzip === null ? payload : payload.pipe(unzip);
    unzip?.once("error", ({ code }: NodeJS.ErrnoException) =>
      refuse(new BodyRefused(code === "Z_BUF_ERROR" ? "cut_gzip" : "not_gzip")),
    );
    decoded.on("data", take).once("end", finish);
  });
}
