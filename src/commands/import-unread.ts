import type { RejectReason } from "../import/wire-event.js";

/** Files that were not read, or not to their end, or of which more may be amiss. */
const UNREAD: readonly RejectReason[] = [
  "unreadable_file",
  "cut_json",
  "open_quote",
  "cut_gzip",
  "damaged_gzip",
  "zip_archive",
  "bzip2_file",
  "zstd_file",
  "xz_file",
  "parquet_file",
  "unknown_format",
];

/** Whether any file could not be read, by the reasons of what was no event. */
export function isUnread({ rejected }: { readonly rejected: ReadonlyMap<string, number> }): boolean {
  return UNREAD.some((reason) => (rejected.get(reason) ?? 0) > 0);
}
