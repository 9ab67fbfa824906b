import { looksLikeSecret } from "../text/secret/secret-shape.js";

/** Pages that a sign-in may lead to, by their way from `/`: nothing else, so that no link of others leads elsewhere. */
const OUR_PAGES =
  /^(?:coverage|keys|incidents|suppressions|audit|(?:keys|incidents|networks|suppressions)\/[\w%.~!$'()*+,;=:@-]{1,512}(?:\/dossier|\/contain)?)$/;

/** A page of ours by its way from `/`; `/` itself where it is none. */
export function ourPage(way: unknown): string {
  return typeof way === "string" && OUR_PAGES.test(way) && !looksLikeSecret(way) ? way : "";
}

/** The relative way to `/` from a page's path on this server. */
export function rootOf(path: string): string {
  const depth = (path.split("?")[0] ?? "").split("/").length - 2;
  return depth <= 0 ? "./" : "../".repeat(depth);
}

/** Views that the head of a page leads to, by what their addresses begin with; all others are about keys. */
const SECTIONS: ReadonlySet<string> = new Set(["incidents", "coverage", "suppressions", "audit"]);
const OUTSIDE: ReadonlySet<string> = new Set(["sign-in", "sign-out"]);

/** The link of the head under which a page's path lies, as it follows the way to `/`; null where it lies under none. */
export function sectionOf(path: string): string | null {
  const first = path.split(/[/?]/)[1] ?? "";
  return OUTSIDE.has(first) ? null : SECTIONS.has(first) ? first : "";
}
