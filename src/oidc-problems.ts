/** The settings that a sign-in by OpenID Connect is made of. */
export interface OidcSettings {
  readonly PLIMSOLL_OIDC_ISSUER?: string | undefined;
  readonly PLIMSOLL_OIDC_CLIENT_ID?: string | undefined;
  readonly PLIMSOLL_OIDC_READ_GROUPS: readonly string[];
  readonly PLIMSOLL_OIDC_ACT_GROUPS: readonly string[];
  readonly PLIMSOLL_BASE_URL?: string | undefined;
}

/** What is wrong with these settings together, each with its fix; `given`: the names of all settings that somebody set. */
export function oidcProblems(config: OidcSettings, given: readonly string[]): string[] {
  const set = given.filter((name) => name.startsWith("PLIMSOLL_OIDC_"));
  if (set.length === 0) return [];
  if (config.PLIMSOLL_OIDC_ISSUER === undefined)
    return [`PLIMSOLL_OIDC_ISSUER is not set, but ${set.join(", ")}: set it to the issuer's URL, or unset the others`];
  const problems: string[] = [];
  if (config.PLIMSOLL_OIDC_CLIENT_ID === undefined)
    problems.push(
      "PLIMSOLL_OIDC_CLIENT_ID is not set: register Plimsoll as a client at the issuer, and set its client id",
    );
  if (config.PLIMSOLL_BASE_URL === undefined)
    problems.push(
      "PLIMSOLL_BASE_URL is not set: a sign-in by PLIMSOLL_OIDC_ISSUER comes back there, so set it to the address that browsers open",
    );
  else if (!isSafeReturn(new URL(config.PLIMSOLL_BASE_URL)))
    problems.push(
      "PLIMSOLL_BASE_URL must be an https:// URL without a query with PLIMSOLL_OIDC_ISSUER (http:// for 127.0.0.1, [::1] and localhost alone): a sign-in comes back there",
    );
  if (config.PLIMSOLL_OIDC_READ_GROUPS.length + config.PLIMSOLL_OIDC_ACT_GROUPS.length === 0)
    problems.push(
      "PLIMSOLL_OIDC_READ_GROUPS and PLIMSOLL_OIDC_ACT_GROUPS are not set: nobody could sign in, so name the groups that may read, or read and act",
    );
  return problems;
}

function isSafeReturn({ protocol, hostname, search, hash }: URL): boolean {
  const isHere = ["127.0.0.1", "[::1]", "localhost"].includes(hostname);
  return (protocol === "https:" || isHere) && search + hash === "";
}
