import { randomBytes, randomInt } from "node:crypto";
import { looksLikeSecret } from "../../src/text/secret/secret-shape.js";

/** Raw keys that exist nowhere else, by shape. Only `random` has no shape that could be recognised by itself. */
export type Canaries = Readonly<Record<"random" | "stripe" | "github" | "aws" | "jwt", string>>;

/** New raw keys for one test. */
export function drawCanaries(): Canaries {
  const part = (json: object) => Buffer.from(JSON.stringify(json)).toString("base64url");
  const jwt = [part({ kid: letters(24), alg: "HS256" }), part({ sub: letters(24) }), letters(43)].join(".");
  return { random: letters(32), stripe: `sk_live_${letters(32)}`, github: `ghp_${letters(36)}`, aws: awsSecret(), jwt };
}

function letters(length: number, alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
}

/** One in a few hundred random ones is too even to be told from a path of words: those are drawn again. */
function awsSecret(): string {
  for (;;) {
    const secret = randomBytes(30).toString("base64");
    if (looksLikeSecret(secret)) return secret;
  }
}
