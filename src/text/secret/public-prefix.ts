/** Words in front of the random part, such as `sk_live_`, `ghp_` or `sk-ant-api03-`; groups of a UUID are not words. */
const PUBLIC_PREFIX = /^(?:(?:[A-Za-z]{2,8}[0-9]{0,2}[_-]){1,3}|AIza|SG\.)/;

/** Words in front of a raw key's random part, such as `sk_live_`, which are no secret; often "". */
export function publicPrefixOf(rawKey: string): string {
  return PUBLIC_PREFIX.exec(rawKey)?.[0] ?? "";
}
