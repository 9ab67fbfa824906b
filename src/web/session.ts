import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** A working day: who is on call signs in once a shift. */
const SESSION_MS = 12 * 3_600_000;
const COOKIE = "plimsoll_session";

/** Sessions of people that showed a token once. Nothing is stored: a session is signed with its token's digest and ends with the token. */
export interface Sessions {
  /** The cookie for a token (epoch ms), or null when the token may not read. */
  signIn(token: string, now: number): string | null;
  /** Whether a Cookie header has a session that counts at an instant (epoch ms). */
  isSignedIn(cookies: string | undefined, now: number): boolean;
}

/** Sessions for tokens of which `digests` gives the SHA-256 digests that may read at the moment. */
export function openSessions(digests: () => readonly Buffer[], isSecure: boolean): Sessions {
  return {
    signIn(token, now) {
      const shown = createHash("sha256").update(token, "utf8").digest();
      const known = digests().find((digest) => timingSafeEqual(digest, shown));
      if (known === undefined) return null;
      const until = now + SESSION_MS;
      const flags = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_MS / 1000}${isSecure ? "; Secure" : ""}`;
      return `${COOKIE}=${until}.${signatureOf(known, until).toString("hex")}; ${flags}`;
    },
    isSignedIn(cookies, now) {
      const [, until, signature] =
        new RegExp(`(?:^|; *)${COOKIE}=(\\d{13})\\.([0-9a-f]{64})(?:;|$)`).exec(cookies ?? "") ?? [];
      if (until === undefined || signature === undefined || Number(until) <= now) return false;
      const shown = Buffer.from(signature, "hex");
      return digests().some((digest) => timingSafeEqual(signatureOf(digest, Number(until)), shown));
    },
  };
}

function signatureOf(digest: Buffer, until: number): Buffer {
  return createHmac("sha256", digest).update(`session until ${until}`).digest();
}

/** Whether a Host header names this machine to itself: a page of another site that resolves to it names itself. */
export function isThisMachine(host: string | undefined): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host ?? "");
}
