import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** A working day: who is on call signs in once a shift. */
const SESSION_MS = 12 * 3_600_000;
const COOKIE = "plimsoll_session";

/** A token that opens the pages: its SHA-256 digest, and whether its holder may act on incidents, not just look. */
export interface PageToken {
  readonly digest: Buffer;
  readonly mayAct: boolean;
}

/** Who looks at a page. */
export interface Session {
  readonly mayAct: boolean;
  /** What every form of this session carries: another site can make a browser send a form, and cannot know this. */
  readonly formToken: string;
}

/** Sessions of people that showed a token once. Nothing is stored: a session is signed with its token's digest and ends with the token. */
export interface Sessions {
  /** The cookie for a token (epoch ms), or null when the token may not read. */
  signIn(token: string, now: number): string | null;
  /** The session of a Cookie header that counts at an instant (epoch ms); null when there is none. */
  read(cookies: string | undefined, now: number): Session | null;
}

/** Sessions for the tokens that may read at the moment. */
export function openSessions(tokens: () => readonly PageToken[], isSecure: boolean): Sessions {
  return {
    signIn(token, now) {
      const shown = createHash("sha256").update(token, "utf8").digest();
      const known = bestOf(tokens().filter(({ digest }) => timingSafeEqual(digest, shown)));
      if (known === undefined) return null;
      const until = now + SESSION_MS;
      const flags = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_MS / 1000}${isSecure ? "; Secure" : ""}`;
      return `${COOKIE}=${until}.${signatureOf(known.digest, until).toString("hex")}; ${flags}`;
    },
    read(cookies, now) {
      const [, until, signature] =
        new RegExp(`(?:^|; *)${COOKIE}=(\\d{13})\\.([0-9a-f]{64})(?:;|$)`).exec(cookies ?? "") ?? [];
      if (until === undefined || signature === undefined || Number(until) <= now) return null;
      const shown = Buffer.from(signature, "hex");
      const known = bestOf(tokens().filter(({ digest }) => timingSafeEqual(signatureOf(digest, Number(until)), shown)));
      if (known === undefined) return null;
      const formToken = createHmac("sha256", known.digest).update(`forms of the session until ${until}`).digest("hex");
      return { mayAct: known.mayAct, formToken };
    },
  };
}

/** A token that is in both lists may act. */
const bestOf = (known: readonly PageToken[]): PageToken | undefined => known.find(({ mayAct }) => mayAct) ?? known[0];

function signatureOf(digest: Buffer, until: number): Buffer {
  return createHmac("sha256", digest).update(`session until ${until}`).digest();
}

/** The session of whoever sits at this machine where no token is configured; its forms end with the process. */
export function sessionOfThisMachine(): Session {
  return { mayAct: true, formToken: randomBytes(32).toString("hex") };
}

/** Whether a Host header names this machine to itself: a page of another site that resolves to it names itself. */
export function isThisMachine(host: string | undefined): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host ?? "");
}
