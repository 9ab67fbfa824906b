import { randomBytes } from "node:crypto";
import type { App } from "../app.js";
import { accessToken, type AccessToken } from "../http/access.js";
import { signInLink } from "../text/sign-in-link.js";
import { openEndedSessions } from "../store/view/ended-sessions.js";
import { openSessions, type PageToken } from "../web/session.js";
import type { PagesDeps } from "../web/pages-route.js";
import { isLoopbackHost } from "../web/this-machine.js";
import { openSignInLog } from "../store/sign-in/sign-in-log.js";
import { followTokens } from "./live-access.js";
import { openServePeople } from "./serve-people.js";

/** Where somebody sees what is written, and no file keeps it. */
export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Who is let in by `serve`. */
export interface ServeAccess {
  /** Tokens of requests to `/v1`, at each call. */
  readonly tokens: () => readonly AccessToken[];
  readonly pages: Pick<PagesDeps, "sessions" | "ended" | "people" | "signIns">;
  /** Says at the start how the pages open, where no token was configured for that. */
  readonly announce: (url: string) => void;
}

/**
 * Takes the tokens that are configured. Without one that may read, decided here once and for all, somebody at the terminal of a `serve` that
 * only this machine reaches gets a token by link, which ends with the process: being on this machine alone opens nothing.
 */
export function openServeAccess(app: App, prefix: string, terminal: Terminal): ServeAccess {
  const { config, live, log, redis } = app;
  const tokens = followTokens(live, (problem) => log.error({ problem }, "a token is listed with more than one right"));
  const isConfigured = (["PLIMSOLL_READ_TOKENS", "PLIMSOLL_ADMIN_TOKENS"] as const).some(
    (name) => config[name].length > 0 || live.isFiled(name),
  );
  const people = openServePeople(app, prefix);
  const isLocal = !isConfigured && people === null && isLoopbackHost(config.PLIMSOLL_HTTP_HOST);
  const shown = isLocal && terminal.isTTY === true ? randomBytes(24).toString("hex") : null;
  const ofTerminal: PageToken[] =
    shown === null ? [] : [{ ...accessToken("terminal", "admin", shown), mayAct: true, onlyHere: true }];
  const pageTokens = (): readonly PageToken[] => [
    ...tokens()
      .filter(({ right }) => right !== "ingest")
      .map(({ name, digest, right }) => ({ name, digest, mayAct: right === "admin", onlyHere: false })),
    ...ofTerminal,
  ];
  return {
    tokens,
    pages: {
      sessions: openSessions(pageTokens),
      ended: openEndedSessions(redis, prefix),
      people,
      signIns: openSignInLog(app.store.signIn.insertSignIns, (problem, waiting, dropped) =>
        log.warn({ problem, waiting, dropped }, "the audit log could not be written: it is tried again"),
      ),
    },
    announce: (url) => {
      if (shown !== null)
        terminal.write(
          `No dashboard token is configured. Until serve stops, this link signs you in, on this machine only:\n  ${signInLink(url, shown)}\n`,
        );
      else if (pageTokens().length === 0 && people === null)
        log.warn(
          "nobody can sign in to the dashboard: neither PLIMSOLL_READ_TOKENS nor PLIMSOLL_ADMIN_TOKENS nor PLIMSOLL_OIDC_ISSUER is set",
        );
    },
  };
}
