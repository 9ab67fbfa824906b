import { accessToken, type AccessToken, type Right } from "../http/access.js";
import type { LiveSettings } from "../live-settings.js";

const RIGHTS = [
  ["PLIMSOLL_INGEST_TOKENS", "ingest"],
  ["PLIMSOLL_READ_TOKENS", "read"],
  ["PLIMSOLL_ADMIN_TOKENS", "admin"],
] as const satisfies readonly (readonly [string, Right])[];

/** The tokens that are in force at each call; digests are made once for each version of them. */
export function followTokens(live: LiveSettings): () => readonly AccessToken[] {
  let digested: readonly unknown[] = [];
  let tokens: readonly AccessToken[] = [];
  return () => {
    const lists = RIGHTS.map(([name]) => live.get(name));
    if (lists.some((list, i) => list !== digested[i])) {
      tokens = RIGHTS.flatMap(([name, right]) =>
        live.get(name).map((one) => accessToken(one.name, right, one.token.reveal())),
      );
      digested = lists;
    }
    return tokens;
  };
}

/** Each subscription of PagerDuty has a secret of its own, and while one is changed it signs with both. */
export function webhookSecrets(live: LiveSettings): string[] {
  return (live.get("PAGERDUTY_WEBHOOK_SECRET")?.reveal() ?? "")
    .split(",")
    .map((secret) => secret.trim())
    .filter((secret) => secret !== "");
}
