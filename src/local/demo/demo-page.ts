/** A trigger as the receiver got it. */
export interface TriggerEvent {
  readonly dedup_key?: string;
  readonly payload?: {
    readonly summary: string;
    readonly source: string;
    readonly severity: string;
    readonly custom_details?: Readonly<Record<string, unknown>>;
  };
  readonly links?: readonly { readonly href: string; readonly text?: string }[];
}

const WIDTH = 100;
const LABEL = 30;

/** A page as on-call reads it: the summary first, then the details, then where to look. The query stands alone, to be copied. */
export function printPage(event: TriggerEvent): string {
  const { query, ...details } = event.payload?.custom_details ?? {};
  const lines = [
    "─".repeat(WIDTH),
    `${(event.payload?.severity ?? "").toUpperCase()}  ${event.payload?.summary ?? ""}`,
    "─".repeat(WIDTH),
    ...Object.entries(details).flatMap(([name, value]) => printDetail(name.replaceAll("_", " "), value)),
    ...(event.links ?? []).map((link) => `${(link.text ?? "link").padEnd(LABEL - 1)} ${link.href}`),
    "─".repeat(WIDTH),
  ];
  return [...lines, ...(typeof query === "string" ? ["The query behind it:", "", query] : [])].join("\n");
}

function printDetail(name: string, value: unknown): string[] {
  const items = Array.isArray(value) ? value.map(String) : [String(value)];
  return items.filter((item) => item !== "").map((item, i) => `${(i === 0 ? name : "").padEnd(LABEL)}${item}`);
}
