import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** A working day: who is on call signs in once a shift. */
const SESSION_MS = 12 * 3_600_000;
const COOKIE = "plimsoll_session";
/** Tells a browser that has signed in before from one that guesses, behind one and the same proxy. It opens nothing. */
const BROWSER_COOKIE = "plimsoll_browser";
const BROWSER_S = 90 * 86_400;

/** A token that opens the pages. */
export interface PageToken {
  readonly name: string;
  /** SHA-256. */
  readonly digest: Buffer;
  /** Whether its holder may act on incidents, not just look. */
  readonly mayAct: boolean;
  /** Whether it counts in requests that are made on this machine alone: then it was shown on its terminal. */
  readonly onlyHere: boolean;
}

/** Who looks at a page. */
export interface Session {
  readonly id: string;
  /** Name of the token that opened it. */
  readonly token: string;
  readonly mayAct: boolean;
  /** From when it counts, and until when it does unless somebody ends it, epoch ms. */
  readonly from: number;
  readonly until: number;
  /** What every form of this session carries: another site can make a browser send a form, and cannot know this. */
  readonly formToken: string;
}

/** How a request came: by TLS as far as we know, and from this machine itself. */
export interface Arrival {
  readonly isHere: boolean;
  readonly isSecure: boolean;
}

/** Sessions of people that showed a token once: signed with its digest, they end with the token, after a shift, or when somebody signs out. */
export interface Sessions {
  /** What a request can open pages with, at the moment; null: with nothing. */
  opensWith(isHere: boolean): "tokens" | "link of the terminal" | null;
  /** The name and the cookies for a token (epoch ms), or null when the token may not read. Over TLS the cookies never travel without. */
  signIn(token: string, now: number, how: Arrival): { readonly name: string; readonly cookies: string[] } | null;
  /** The session of a Cookie header that counts at an instant (epoch ms), unless somebody has ended it; null when there is none. */
  read(cookies: string | undefined, now: number, isHere: boolean): Session | null;
  /** Which browser that signed in before a Cookie header is of; null when it says none. */
  browserOf(cookies: string | undefined): string | null;
  /** The cookie that takes the place of an ended session's. */
  readonly endCookie: string;
}

/** Sessions for the tokens that may read at the moment. */
export function openSessions(tokens: () => readonly PageToken[], isSecure: boolean): Sessions {
  // Lax: a link in PagerDuty, or in a chat, opens its page; what changes anything is a form, and judged by own-form.
  const cookieOf = (name: string, value: string, seconds: number, isTls = false) =>
    `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${isSecure || isTls ? "; Secure" : ""}`;
  const usable = (isHere: boolean) => tokens().filter(({ onlyHere }) => isHere || !onlyHere);
  const signerOf = (known: readonly PageToken[], text: string, shown: string) =>
    matchOf(known, ({ digest }) => timingSafeEqual(sign(digest, text), Buffer.from(shown, "hex")));
  return {
    opensWith(isHere) {
      const known = usable(isHere);
      if (known.length === 0) return null;
      return known.every(({ onlyHere }) => onlyHere) ? "link of the terminal" : "tokens";
    },
    signIn(token, now, how) {
      const shown = createHash("sha256").update(token, "utf8").digest();
      const known = matchOf(usable(how.isHere), ({ digest }) => timingSafeEqual(digest, shown));
      if (known === undefined) return null;
      const signed = (text: string) => `${text}.${sign(known.digest, text).toString("hex")}`;
      const session = signed(`${now + SESSION_MS}.${randomBytes(16).toString("hex")}`);
      const browser = signed(randomBytes(16).toString("hex"));
      const cookies = [
        cookieOf(COOKIE, session, SESSION_MS / 1000, how.isSecure),
        cookieOf(BROWSER_COOKIE, browser, BROWSER_S, how.isSecure),
      ];
      return { name: known.name, cookies };
    },
    read(cookies, now, isHere) {
      const [, text = "", signature = ""] = valueOf(cookies, COOKIE, /(\d{13}\.[0-9a-f]{32})\.([0-9a-f]{64})/);
      const [until, id] = text.split(".");
      if (id === undefined || Number(until) <= now) return null;
      const known = signerOf(usable(isHere), text, signature);
      if (known === undefined) return null;
      const formToken = sign(known.digest, `forms of ${text}`).toString("hex");
      return {
        id,
        token: known.name,
        mayAct: known.mayAct,
        from: Number(until) - SESSION_MS,
        until: Number(until),
        formToken,
      };
    },
    browserOf(cookies) {
      const [, id = "", signature = ""] = valueOf(cookies, BROWSER_COOKIE, /([0-9a-f]{32})\.([0-9a-f]{64})/);
      return id !== "" && signerOf(tokens(), id, signature) !== undefined ? id : null;
    },
    endCookie: cookieOf(COOKIE, "", 0),
  };
}

/** Every token is compared, whether or not one has matched. */
function matchOf(tokens: readonly PageToken[], isIt: (token: PageToken) => boolean): PageToken | undefined {
  return tokens[tokens.map(isIt).indexOf(true)];
}

function valueOf(cookies: string | undefined, name: string, value: RegExp): readonly string[] {
  return new RegExp(`(?:^|; *)${name}=${value.source}(?:;|$)`).exec(cookies ?? "") ?? [];
}

function sign(digest: Buffer, text: string): Buffer {
  return createHmac("sha256", digest).update(text).digest();
}
