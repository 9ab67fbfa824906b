const COOKIE = "plimsoll_name";
const YEAR_S = 365 * 86_400;

/** The cookie that remembers who acts, so that a name is typed once. It opens nothing. */
export function nameCookie(name: string, isSecure: boolean): string {
  const flags = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${YEAR_S}${isSecure ? "; Secure" : ""}`;
  return `${COOKIE}=${encodeURIComponent(name)}; ${flags}`;
}

/** The remembered name of a Cookie header, or "". */
export function nameOf(cookies: string | undefined): string {
  const [, name = ""] = new RegExp(`(?:^|; *)${COOKIE}=([^;]{0,1000})(?:;|$)`).exec(cookies ?? "") ?? [];
  try {
    return decodeURIComponent(name);
  } catch {
    return "";
  }
}
