import { countText, dollarText } from "../detect/evidence.js";
import { NO_ADDRESS } from "../model/no-address.js";
import { describeNetwork, type NetworkType } from "../model/network-table.js";
import type { Dossier, Phase, NamedSource } from "../pipeline/dossier.js";
import { networksOf } from "./investigate-data.js";
import { printFields, printTable } from "./print-table.js";

/** A terminal shows so many rows of a table; JSON and CSV have all. */
const ROWS = 20;
const HOURS = 48;
/** Silent for so long: it has ended. */
const ENDED_MS = 3_600_000;

const time = (at: number) => new Date(at).toISOString().slice(0, 16).replace("T", " ");

/** The dossier as people read it: what was found and taken first, then from where, what for, and hour by hour. */
export function dossierToText(dossier: Dossier): string {
  const { sources, uses, hours } = dossier;
  const order = [...sources.filter(({ isStranger }) => isStranger), ...sources.filter(({ isStranger }) => !isStranger)];
  const routes = uses.filter(({ strangeRequests }) => strangeRequests > 0);
  const others = uses.filter(({ strangeRequests }) => strangeRequests === 0);
  return [
    printFields(fieldsOf(dossier)),
    section("Before and since", PHASES, phaseRows(dossier)),
    section(
      "From where (strangers first)",
      SOURCES,
      order.map((one) => sourceRow(one, dossier.to)),
    ),
    section(
      "What for (of strangers first)",
      USES,
      [...routes, ...others].map((one) => [
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

const PHASES = [
  { title: "" },
  { title: "HOURS", right: true },
  { title: "REQUESTS", right: true },
  { title: "AN HOUR", right: true },
  { title: "SPEND", right: true },
  { title: "ADDRESSES", right: true },
];
const SOURCES = [
  { title: "ADDRESS" },
  { title: "NETWORK" },
  { title: "TO THIS KEY" },
  { title: "FIRST (UTC)" },
  { title: "LAST" },
  { title: "REQUESTS", right: true },
  { title: "SPEND", right: true },
  { title: "CLIENT" },
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

function takenFields({ taken, indistinct, sources, to }: Dossier): (readonly [string, string])[] {
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
  const strangers = sources.filter(({ isStranger }) => isStranger);
  const networks = networksOf(strangers).map(
    ({ asn, name, type, addresses }) =>
      `${describeNetwork({ asn, name, type: type as NetworkType })}${name === NO_ADDRESS ? "" : `, ${addresses} address${addresses === 1 ? "" : "es"}`}`,
  );
  const ended = to - taken.lastAt > ENDED_MS ? "ended" : "still there";
  return [
    ...homes,
    ["strangers took", `${countText(taken.requests)} requests, ${dollarText(taken.spendMicros)}`],
    ["from", `${time(taken.firstAt)} to ${time(taken.lastAt)} UTC (${ended})`],
    ...networks.slice(0, ROWS).map((network, i) => [i === 0 ? "through" : "", network] as const),
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

function sourceRow(one: NamedSource, to: number): string[] {
  const last = to - one.lastAt > ENDED_MS ? time(one.lastAt) : "still there";
  const network =
    one.networkType === "internal"
      ? "internal"
      : one.address === NO_ADDRESS
        ? ""
        : describeNetwork({ asn: one.asn, name: one.name, type: one.networkType as NetworkType });
  const standing = one.isStranger ? `STRANGER: ${one.standing}` : one.standing;
  const client = one.userAgents[0] ?? "";
  return [
    one.address,
    network,
    standing,
    time(one.firstAt),
    last,
    countText(one.requests),
    dollarText(one.spendMicros),
    client,
  ];
}

function section(title: string, columns: Parameters<typeof printTable>[0], rows: string[][], most = ROWS): string {
  const shown = title.startsWith("Hour") ? rows.slice(-most) : rows.slice(0, most);
  const rest = rows.length - shown.length;
  const more = rest > 0 ? `\n(${countText(rest)} more: --format csv)` : "";
  return `${title}\n${printTable(columns, shown)}${more}`;
}
