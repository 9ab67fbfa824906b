import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import { openServer, type Server } from "../../src/http/server.js";
import { openLog, type Log } from "../../src/log.js";
import type { PagerDutyPager } from "../../src/page/pagerduty-pager.js";
import type { AdvanceDeps } from "../../src/pipeline/incident/record-step.js";
import { unreadablePage } from "../../src/web/unknown-page.js";
import { pagesRoute, type PagesDeps } from "../../src/web/pages-route.js";
import { accessToken } from "../../src/http/access.js";
import { openEndedSessions } from "../../src/store/view/ended-sessions.js";
import { openPersonSessions } from "../../src/store/sign-in/person-sessions.js";
import { openBegunSignIns } from "../../src/store/sign-in/begun-sign-ins.js";
import { openKnownBrowsers } from "../../src/store/sign-in/known-browsers.js";
import { openSignInLog } from "../../src/store/sign-in/sign-in-log.js";
import { openIssuer, type IssuerSettings } from "../../src/web/oidc/issuer.js";
import type { ClaimRules } from "../../src/web/oidc/judge-claims.js";
import { termsOf, type PersonSignIn } from "../../src/web/oidc/person-sign-in.js";
import { openSessions, type PageToken } from "../../src/web/session.js";
import { scratchPrefix } from "./services.js";
import { signInAt } from "./page-forms.js";
import { soundWatch } from "./sound-watch.js";
import { budgetPer1000 } from "./budget-per-1000.js";

export interface PagesRequest {
  readonly advance: AdvanceDeps;
  /** Tokens that may look. */
  readonly read?: readonly string[];
  /** Tokens that may act. */
  readonly admin?: readonly string[];
  readonly log?: Log;
  /** What ends sessions is kept under it. */
  readonly prefix?: string;
  readonly pager?: PagerDutyPager | null;
  readonly now?: () => number;
  readonly guardOf?: PagesDeps["guardOf"];
  readonly nameRawKey?: PagesDeps["nameRawKey"];
  readonly trustedProxies?: readonly string[];
  /** Where people sign in; the redirect URI is that of these pages. */
  readonly oidc?: Omit<IssuerSettings, "redirectUri"> & ClaimRules;
  /** For REDIS_URL. */
  readonly redisUrl?: string;
  /** Why the newest check failed. */
  readonly lastCheckFailure?: string | null;
  /** What Redis answers; throws while it is away. */
  readonly redisAnswers?: <Answer>(answer: Answer) => Answer;
}

const WAITING = {
  depth: {
    live: { rows: 12_345, bytes: 400_000, blocks: 2, oldestAt: null },
    backfill: { rows: 67, bytes: 800, blocks: 1, oldestAt: null },
    readAt: 0,
  },
  keptBytes: new Map<string, number>(),
  memory: { usedBytes: 5 * 2 ** 20, maxBytes: 64 * 2 ** 20 },
};

/** Pages that are served, and the cookie of who is signed in there where a test names no tokens of its own. */
export interface OpenPages extends Server {
  readonly cookie: string;
}

/** A token that opens the pages, as `serve` keeps it. */
export function pageToken(token: string, mayAct: boolean, onlyHere = false): PageToken {
  return { ...accessToken(mayAct ? "ops" : "viewer", mayAct ? "admin" : "read", token), mayAct, onlyHere };
}

/** What people sign in by, as `serve` has it; the pages' own address is known once they are served. */
function peopleOf(
  oidc: NonNullable<PagesRequest["oidc"]>,
  redis: Redis,
  prefix: string,
  address: { readonly url: string },
): PersonSignIn {
  const settings: IssuerSettings = {
    ...oidc,
    get redirectUri() {
      return `${address.url}/sign-in/oidc/callback`;
    },
  };
  return {
    issuer: openIssuer(settings),
    sessions: openPersonSessions(redis, prefix),
    begun: openBegunSignIns(redis, prefix),
    browsers: openKnownBrowsers(redis, prefix),
    rules: oidc,
    terms: termsOf(oidc, oidc),
  };
}

/** The pages as `serve` shows them, on a port of their own, and a real Redis behind sign-outs. */
export async function openPages({
  advance,
  read = [],
  admin = [],
  log = openLog("silent"),
  prefix = scratchPrefix(),
  pager = null,
  now = Date.now,
  guardOf = () => undefined,
  nameRawKey = () => null,
  trustedProxies = [],
  oidc,
  redisUrl = process.env["REDIS_URL"],
  lastCheckFailure = null,
  redisAnswers = (answer) => answer,
}: PagesRequest): Promise<OpenPages> {
  const own = randomBytes(24).toString("hex");
  const isOurs = read.length + admin.length === 0;
  const acting = isOurs ? [own] : admin;
  const tokens = [...read.map((token) => pageToken(token, false)), ...acting.map((token) => pageToken(token, true))];
  // Without one each page would wait for it, and nobody would notice.
  if (redisUrl === undefined) throw new Error("REDIS_URL is not set: sign-outs are kept in a real Redis");
  const redis = new Redis(redisUrl);
  redis.on("error", () => undefined);
  const address = { url: "" };
  const server = await openServer({
    log,
    host: "127.0.0.1",
    port: 0,
    trustedProxies,
    badAddress: unreadablePage,
    routes: [
      pagesRoute({
        coverage: {
          watch: {
            advance,
            deliver: { store: advance.store, pager, baseUrl: null },
            pingRedis: async () => redisAnswers("PONG"),
            ...soundWatch(advance.store),
          },
          readWaiting: async () => redisAnswers(WAITING),
          lastCheckFailure: async () => lastCheckFailure,
          budget: budgetPer1000(0.1, 10),
        },
        sessions: openSessions(() => tokens),
        ended: openEndedSessions(redis, prefix),
        people: oidc === undefined ? null : peopleOf(oidc, redis, prefix, address),
        signIns: openSignInLog(advance.store.signIn.insertSignIns, () => undefined),
        now,
        guardOf,
        nameRawKey,
      }),
    ],
  });
  address.url = server.url;
  const close = async () => {
    await server.close();
    redis.disconnect();
  };
  return { url: server.url, close, cookie: isOurs ? await signInAt(server, own) : "" };
}
