import { factsOf } from "../layout.js";
import { html, type Markup, type Piece } from "../markup.js";
import { queryOf } from "../find/asked.js";
import { withNetworkLinks } from "../find/network-links.js";
import { withKeyLinks, type KnownKeys } from "../find/key-links.js";
import { withTimes } from "../find/times-in-text.js";

/** In this order on-call asks; each with the details of a page that answer it. */
const SECTIONS = [
  {
    name: "who",
    title: "Who: networks and clients",
    details: [
      "new_networks",
      "network",
      "sources",
      "sources_of_top_key",
      "clients_of_new_sources",
      "clients",
      "session_keys_of_new_sources",
      "usual_networks",
      "other_sources",
    ],
  },
  {
    name: "how much",
    title: "How much, against what",
    details: [
      "requests",
      "bytes",
      "cost",
      "projected_cost",
      "usage_since_onset",
      "limit",
      "rule",
      "keys_affected",
      "keys",
    ],
  },
  { name: "what for", title: "What for: routes and scopes", details: ["first_time_routes_and_scopes"] },
  {
    name: "since when",
    title: "Since when",
    details: ["since", "still_going", "still_going_when_last_found", "counted_until"],
  },
  { name: "what else", title: "What else from there", details: ["other_keys"] },
  { name: "changes", title: "What changed on the key", details: ["recent_key_changes"] },
  { name: "public", title: "Whether it is known to be public", details: [] },
  { name: "before", title: "What happened before on it", details: [] },
  { name: "why", title: "Why it was found", details: ["summary", "signals", "confidence", "not_evaluated"] },
] as const;

/** Details that are clients, and the shortest part of a name by which these are looked for. */
const CLIENTS: ReadonlySet<string> = new Set(["clients", "clients_of_new_sources"]);
const LEAST_CLIENT = 2;

/** Of fewer parts each is on the screen anyway. */
const LEAST_PARTS = 3;

/** A question that the view answers. */
export type EvidencePart = (typeof SECTIONS)[number]["name"];

/** They stand above: in the sentence and beside it. */
const SAID_ABOVE: ReadonlySet<string> = new Set(["next_steps", "key", "owner", "service"]);

/** Charts, tables and links beside what pages say, by part. */
export type EvidenceExtras = Readonly<Partial<Record<EvidencePart, Piece>>>;

/** The evidence in the order of the questions, `known` being keys that lead to their views; what no part names stands at the end. */
export function evidenceSections(
  details: Readonly<Record<string, unknown>>,
  extras: EvidenceExtras,
  known: KnownKeys,
): Markup {
  const named = new Set<string>(SECTIONS.flatMap((section) => section.details));
  const rest = Object.keys(details).filter((name) => !named.has(name) && !SAID_ABOVE.has(name));
  const parts = SECTIONS.flatMap(({ name, title, details: names }) => {
    const facts = factsFrom(details, names, known);
    const extra = extras[name] ?? null;
    if (facts.length === 0 && extra === null) return [];
    return [{ name, place: `part-${name.replaceAll(" ", "-")}`, title, facts, extra }];
  });
  return html`${
      parts.length < LEAST_PARTS
        ? null
        : html`<nav aria-label="Parts of the evidence">
            <ul class="parts">
              ${parts.map(({ name, place }) => html`<li><a href="#${place}">${name[0]!.toUpperCase()}${name.slice(1)}</a></li>`)}
            </ul>
          </nav>`
    }
    <div class="evidence">
      ${parts.map(
        ({ place, title, facts, extra }) =>
          html`<h3 id="${place}">${title}</h3>
            ${facts.length === 0 ? null : factsOf(facts)} ${extra}`,
      )}
      ${rest.length === 0 ? null : factsOf(factsFrom(details, rest, known))}
    </div>`;
}

function factsFrom(
  details: Readonly<Record<string, unknown>>,
  names: readonly string[],
  known: KnownKeys,
): (readonly [string, Piece])[] {
  return names
    .filter((name) => details[name] !== undefined)
    .map(
      (name) =>
        [
          name.replaceAll("_", " "),
          CLIENTS.has(name) ? clientsOf(details[name]) : valueOf(details[name], known),
        ] as const,
    );
}

/** Clients as they call themselves, each with the way to what it does on all keys. */
function clientsOf(value: unknown): Piece {
  if (!Array.isArray(value)) return valueOf(value, new Set());
  return value.map((item) => {
    const [family = ""] = /^[A-Za-z][^/ ]+/.exec(String(item)) ?? [];
    const way = html`: <a href="../clients${queryOf({ client: family.toLowerCase() })}">on all keys</a>`;
    return html`<div>${String(item)}${family.length < LEAST_CLIENT || /^and \d/.test(String(item)) ? null : way}</div>`;
  });
}

function valueOf(value: unknown, known: KnownKeys): Piece {
  if (typeof value === "string") {
    const linked = withKeyLinks(value, known, "../");
    return linked.map((piece) =>
      typeof piece === "string" ? withTimes(piece, (text) => withNetworkLinks(text, "../")) : piece,
    );
  }
  if (typeof value === "number") return value;
  return Array.isArray(value) ? value.map((item) => html`<div>${valueOf(item, known)}</div>`) : JSON.stringify(value);
}
