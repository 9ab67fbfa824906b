import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** A working day: who is on call signs in once a shift. */
const SESSION_MS = 12 * 3_600_000;
export const SESSION_COOKIE = "plimsoll_session";
/** Tells a browser that has signed in before from one that guesses, behind one and the same proxy. It opens nothing. */
export const BROWSER_COOKIE = "plimsoll_browser";
const BROWSER_S = 90 * 86_400;
const SIGNED_SESSION = /^(\d{13}\.[0-9a-f]{32})\.([0-9a-f]{64})$/;
const SIGNED_BROWSER = /^([0-9a-f]{32})\.([0-9a-f]{64})$/;

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
  /** Name of the token that opened it, or the person's. */
  readonly who: string;
  /** The verified name of a person whom an issuer vouches for; null where a token opened it, which anybody may hold. */
  readonly person: string | null;
  readonly mayAct: boolean;
  /** From when it counts, and until when it does unless somebody ends it, epoch ms. */
  readonly from: number;
  readonly until: number;
  /** What every form of this session carries: another site can make a browser send a form, and cannot know this. */
  readonly formToken: string;
}

/** What a browser sent, by name. */
export type Cookies = Readonly<Record<string, string | undefined>>;

/** What a browser is to keep, for so many seconds. */
export interface NewCookie {
  readonly name: string;
  readonly value: string;
  readonly maxAge: number;
}

/** Sessions of people that showed a token once: signed with its digest, they end with the token, after a shift, or when somebody signs out. */
export interface Sessions {
  /** What a request can open pages with, at the moment; null: with nothing. */
  opensWith(isHere: boolean): "tokens" | "link of the terminal" | null;
  /** The name and the cookies for a token (epoch ms), or null when the token may not read. */
  signIn(
    token: string,
    now: number,
    isHere: boolean,
  ): { readonly name: string; readonly mayAct: boolean; readonly cookies: NewCookie[] } | null;
  /** The session that cookies carry and that counts at an instant (epoch ms), unless somebody has ended it; null when there is none. */
  read(cookies: Cookies, now: number, isHere: boolean): Session | null;
  /** Which browser that signed in before sent these cookies; null when they say none. */
  browserOf(cookies: Cookies): string | null;
}

/** Sessions for the tokens that may read at the moment. */
export function openSessions(tokens: () => readonly PageToken[]): Sessions {
  const usable = (isHere: boolean) => tokens().filter(({ onlyHere }) => isHere || !onlyHere);
  const signerOf = (known: readonly PageToken[], text: string, shown: string) =>
    matchOf(known, ({ digest }) => timingSafeEqual(sign(digest, text), Buffer.from(shown, "hex")));
  return {
    opensWith(isHere) {
      const known = usable(isHere);
      if (known.length === 0) return null;
      return known.every(({ onlyHere }) => onlyHere) ? "link of the terminal" : "tokens";
    },
    signIn(token, now, isHere) {
      const shown = createHash("sha256").update(token, "utf8").digest();
      const known = matchOf(usable(isHere), ({ digest }) => timingSafeEqual(digest, shown));
      if (known === undefined) return null;
      const signed = (text: string) => `${text}.${sign(known.digest, text).toString("hex")}`;
      const session = signed(`${now + SESSION_MS}.${randomBytes(16).toString("hex")}`);
      const browser = signed(randomBytes(16).toString("hex"));
      const cookies = [
        { name: SESSION_COOKIE, value: session, maxAge: SESSION_MS / 1000 },
        { name: BROWSER_COOKIE, value: browser, maxAge: BROWSER_S },
      ];
      return { name: known.name, mayAct: known.mayAct, cookies };
    },
    read(cookies, now, isHere) {
      const [, text = "", signature = ""] = SIGNED_SESSION.exec(cookies[SESSION_COOKIE] ?? "") ?? [];
      const [until, id] = text.split(".");
      if (id === undefined || Number(until) <= now) return null;
      const known = signerOf(usable(isHere), text, signature);
      if (known === undefined) return null;
      const formToken = sign(known.digest, `forms of ${text}`).toString("hex");
      return {
        id,
        who: known.name,
        person: null,
        mayAct: known.mayAct,
        from: Number(until) - SESSION_MS,
        until: Number(until),
        formToken,
      };
    },
    browserOf(cookies) {
      const [, id = "", signature = ""] = SIGNED_BROWSER.exec(cookies[BROWSER_COOKIE] ?? "") ?? [];
      return id !== "" && signerOf(tokens(), id, signature) !== undefined ? id : null;
    },
  };
}

/** Every token is compared, whether or not one has matched. */
function matchOf(tokens: readonly PageToken[], isIt: (token: PageToken) => boolean): PageToken | undefined {
  return tokens[tokens.map(isIt).indexOf(true)];
}

function sign(digest: Buffer, text: string): Buffer {
  return createHmac("sha256", digest).update(text).digest();
}
