/** A route without query string and fragment; a secret in them has been noted by now. */
export function withoutQuery(route: string): string {
  const end = route.search(/[?#]/);
  return end < 0 ? route : route.slice(0, end);
}
