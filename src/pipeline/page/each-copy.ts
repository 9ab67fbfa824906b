import type { CopyFate } from "../../model/incident/page-copy.js";
import type { PageFate } from "../../store/page/pages.js";

/** What became of each event of an incident: at PagerDuty, and after it at each destination that it was copied to. */
export function eachCopy(pages: readonly PageFate[], copies: readonly CopyFate[]): readonly CopyFate[] {
  return pages.flatMap((page) => [
    { ...page, destination: "PagerDuty" },
    ...copies.filter(({ pageId }) => pageId === page.pageId),
  ]);
}
