import type { App } from "../app.js";
import { openBegunSignIns } from "../store/sign-in/begun-sign-ins.js";
import { openKnownBrowsers } from "../store/sign-in/known-browsers.js";
import { openPersonSessions } from "../store/sign-in/person-sessions.js";
import { openIssuer } from "../web/oidc/issuer.js";
import { termsOf, type PersonSignIn } from "../web/oidc/person-sign-in.js";

/** What people sign in by at the issuer that is configured; null where none is. The issuer is asked nothing yet. */
export function openServePeople({ config, live, redis }: App, prefix: string): PersonSignIn | null {
  const {
    PLIMSOLL_OIDC_ISSUER: issuer,
    PLIMSOLL_OIDC_CLIENT_ID: clientId,
    PLIMSOLL_OIDC_SCOPES: scopes,
    PLIMSOLL_BASE_URL: baseUrl,
  } = config;
  if (issuer === undefined || clientId === undefined || baseUrl === undefined) return null;
  const rules = {
    nameClaim: config.PLIMSOLL_OIDC_NAME_CLAIM,
    groupsClaim: config.PLIMSOLL_OIDC_GROUPS_CLAIM,
    requiredClaim: config.PLIMSOLL_OIDC_REQUIRED_CLAIM ?? null,
    readGroups: config.PLIMSOLL_OIDC_READ_GROUPS,
    actGroups: config.PLIMSOLL_OIDC_ACT_GROUPS,
  };
  const redirectUri = `${baseUrl.replace(/\/+$/, "")}/sign-in/oidc/callback`;
  const clientSecret = () => live.get("PLIMSOLL_OIDC_CLIENT_SECRET")?.reveal() ?? null;
  return {
    issuer: openIssuer({ issuer, clientId, clientSecret, redirectUri, scopes }),
    sessions: openPersonSessions(redis, prefix),
    begun: openBegunSignIns(redis, prefix),
    browsers: openKnownBrowsers(redis, prefix),
    rules,
    terms: termsOf({ issuer, clientId }, rules),
  };
}
