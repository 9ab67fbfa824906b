import { NO_ADDRESS } from "../model/network/no-address.js";
import type { Dossier, Phase } from "../pipeline/view/investigation.js";
import { firstLines } from "../page/compose/first-lines.js";
import { addressesText, ENDED_MS, fromWhere, networkText } from "./investigate-sources.js";
import { oneLine, printFields, printTable } from "./print-table.js";
import { countText, dollarText } from "../text/amounts.js";
import { keyText, othersTexts } from "../page/compose/other-keys.js";

/** A terminal shows so many rows of a table; JSON and CSV have all. */
const ROWS = 20;
const HOURS = 48;

const time = (at: number) => new Date(at).toISOString().slice(0, 16).replace("T", " ");

/** The dossier as people read it: what was found and taken first, then from where, what for, and hour by hour. */
export function dossierToText(dossier: Dossier): string {
  const { networks, uses, hours } = dossier;
  return [
    printFields(fieldsOf(dossier)),
    section("Before and since", PHASES, phaseRows(dossier)),
    fromWhere(networks, dossier.to),
    ...whoElse(dossier),
    section(
      "What for (of strangers first)",
      USES,
      uses.map((one) => [
        one.level,
        one.value,
        time(one.firstSeenAt),
        one.firstSeenAt >= (dossier.onset ?? dossier.to) - 60_000 ? "new" : "",
        countText(one.requests),
        countText(one.strangeRequests),
        dollarText(one.spendMicros),
      ]),
    ),
    section(
      "Hour by hour (UTC)",
      HOUR_COLUMNS,
      hours.map((one) => [
        time(one.hour),
        countText(one.requests),
        countText(one.strangeRequests),
        countText(one.errors),
        dollarText(one.spendMicros),
        dollarText(one.strangeSpendMicros),
      ]),
      HOURS,
    ),
  ].join("\n\n");
}

/** Other keys that were used from where strangers were; nothing where there are none. */
function whoElse({ others, otherNames }: Dossier): string[] {
  if (others === null) return [];
  const lines = othersTexts(others, (keyId) => keyText(keyId, otherNames), ROWS);
  return [["Who else", ...lines.map(oneLine)].join("\n")];
}

const PHASES = [
  { title: "" },
  { title: "HOURS", right: true },
  { title: "REQUESTS", right: true },
  { title: "AN HOUR", right: true },
  { title: "SPEND", right: true },
  { title: "ADDRESSES", right: true },
];
const USES = [
  { title: "" },
  { title: "NAME" },
  { title: "FIRST EVER (UTC)" },
  { title: "" },
  { title: "REQUESTS", right: true },
  { title: "OF STRANGERS", right: true },
  { title: "SPEND", right: true },
];
const HOUR_COLUMNS = [
  { title: "HOUR" },
  { title: "REQUESTS", right: true },
  { title: "OF STRANGERS", right: true },
  { title: "ERRORS", right: true },
  { title: "SPEND", right: true },
  { title: "OF STRANGERS", right: true },
];

function fieldsOf(dossier: Dossier): (readonly [string, string])[] {
  const { keyId, key, from, to, onset, found } = dossier;
  const limit = key?.limitPerMinute ?? null;
  return [
    ["key", key?.display ? `${key.display} (${keyId})` : keyId],
    ["owner", key === null ? "not registered" : key.owner || "nobody is on file"],
    ...(key?.service ? [["service", `${key.service}${key.environment ? `, ${key.environment}` : ""}`] as const] : []),
    ["limit", limit === null ? "none on file" : `${countText(limit)} a minute`],
    ["looked at", `${time(from)} to ${time(to)} UTC`],
    [
      "onset",
      onset === null ? "nothing was found: compared with what was usual at its beginning" : `${time(onset)} UTC`,
    ],
    ...found.map(
      (one) =>
        [
          `found: ${one.cause.replaceAll("_", " ")}`,
          `${one.severity}, score ${one.score.toFixed(1)}, last ${time(one.lastAt)}: ${one.summary}`,
        ] as const,
    ),
    ...takenFields(dossier),
  ];
}

function takenFields({ taken, indistinct, networks, to }: Dossier): (readonly [string, string])[] {
  const homes =
    indistinct === null
      ? []
      : [
          `who of ${countText(indistinct.addresses)} new addresses at home is a stranger: ${countText(indistinct.usualADay)} came on the day before as well, and none is named; look at what is new below`,
        ].map((text) => ["cannot be told", text] as const);
  if (taken === null) {
    const none = "none: every network in this span was known to the key, or came with its usual changes";
    return homes.length > 0 ? homes : [["strangers", none]];
  }
  const through = networks
    .filter(({ isStranger }) => isStranger)
    .map((network) =>
      network.name === NO_ADDRESS ? NO_ADDRESS : `${networkText(network)}, ${addressesText(network.sources.length)}`,
    );
  const ended = to - taken.lastAt > ENDED_MS ? "ended" : "still there";
  return [
    ...homes,
    ["strangers took", `${countText(taken.requests)} requests, ${dollarText(taken.spendMicros)}`],
    ["from", `${time(taken.firstAt)} to ${time(taken.lastAt)} UTC (${ended})`],
    ...firstLines(through, through.length, "networks", ROWS).map(
      (network, i) => [i === 0 ? "through" : "", network] as const,
    ),
  ];
}

function phaseRows({ phases: { before, since, now }, onset }: Dossier): string[][] {
  const row = (name: string, { hours, requests, spendMicros, addresses }: Phase) => [
    name,
    hours.toFixed(1),
    countText(requests),
    countText(requests / hours),
    dollarText(spendMicros),
    countText(addresses),
  ];
  return [
    row("the week before", before),
    row(onset === null ? "the span" : "since the onset", since),
    row("the last hour", now),
  ];
}

function section(title: string, columns: Parameters<typeof printTable>[0], rows: string[][], most = ROWS): string {
  const shown = title.startsWith("Hour") ? rows.slice(-most) : rows.slice(0, most);
  const rest = rows.length - shown.length;
  const more = rest > 0 ? `\n(${countText(rest)} more: --format csv)` : "";
  return `${title}\n${printTable(columns, shown)}${more}`;
}
