import { accessToken, type AccessToken, type Right } from "../http/access.js";
import type { LiveSettings } from "../live-settings.js";

/** The least right first. */
const RIGHTS = [
  ["PLIMSOLL_INGEST_TOKENS", "ingest"],
  ["PLIMSOLL_READ_TOKENS", "read"],
  ["PLIMSOLL_ADMIN_TOKENS", "admin"],
] as const satisfies readonly (readonly [string, Right])[];

/**
 * The tokens that are in force at each call; digests are made once for each version of them. One that files put into several
 * lists has the least of the rights, and is told of by its places.
 */
export function followTokens(live: LiveSettings, onProblem: (problem: string) => void): () => readonly AccessToken[] {
  let digested: readonly unknown[] = [];
  let tokens: readonly AccessToken[] = [];
  return () => {
    const lists = RIGHTS.map(([name]) => live.get(name));
    if (lists.some((list, i) => list !== digested[i])) {
      tokens = withOneRight(live, onProblem);
      digested = lists;
    }
    return tokens;
  };
}

function withOneRight(live: LiveSettings, onProblem: (problem: string) => void): readonly AccessToken[] {
  const met = new Map<string, AccessToken>();
  for (const [list, right] of RIGHTS) {
    for (const [index, { name, token }] of live.get(list).entries()) {
      const known = met.get(token.reveal());
      if (known === undefined) met.set(token.reveal(), accessToken(name, right, token.reveal()));
      else
        onProblem(
          `entry ${index + 1} of ${list} is a token that is also listed with another right: it only gets ${known.right}`,
        );
    }
  }
  return [...met.values()];
}

/** Each subscription of PagerDuty has a secret of its own, and while one is changed it signs with both. */
export function webhookSecrets(live: LiveSettings): string[] {
  return live.get("PAGERDUTY_WEBHOOK_SECRET").map((secret) => secret.reveal());
}
