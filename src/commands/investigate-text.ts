import { namedWithId } from "../model/key/key.js";
import { NO_ADDRESS } from "../model/network/no-address.js";
import type { Investigation, Phase } from "../pipeline/view/investigation.js";
import { firstLines } from "../page/compose/first-lines.js";
import { addressesText, ENDED_MS, fromWhere, networkText } from "./investigate-sources.js";
import { oneLine, printFields, printTable } from "./print-table.js";
import { scoreText } from "../model/finding/score-text.js";
import type { SessionList } from "../store/view/investigation-sessions.js";
import { bytesText, countText, dollarText, requestsText } from "../text/amounts.js";
import { keyText, othersTexts } from "../page/compose/other-keys.js";

/** A terminal shows so many rows of a table; JSON and CSV have all. */
const ROWS = 20;
const HOURS = 48;

const time = (at: number) => new Date(at).toISOString().slice(0, 16).replace("T", " ");

/** The investigation as people read it: what was found and taken first, then from where, what for, and hour by hour. */
export function investigationToText(investigation: Investigation): string {
  const { networks, uses, hours } = investigation;
  return [
    printFields(fieldsOf(investigation)),
    section("Before and since", PHASES, phaseRows(investigation)),
    fromWhere(networks, investigation.to),
    ...withWhat(investigation),
    ...whoElse(investigation),
    section(
      "What for (unknown sources first)",
      USES,
      uses.map((one) => [
        one.level,
        one.value,
        time(one.firstSeenAt),
        one.firstSeenAt >= (investigation.onset ?? investigation.to) - 60_000 ? "new" : "",
        countText(one.requests),
        countText(one.unknownSourceRequests),
        dollarText(one.spendMicros),
      ]),
    ),
    section(
      "Hour by hour (UTC)",
      HOUR_COLUMNS,
      hours.map((one) => [
        time(one.hour),
        countText(one.requests),
        countText(one.unknownSourceRequests),
        countText(one.errors),
        dollarText(one.spendMicros),
        dollarText(one.unknownSourceSpendMicros),
      ]),
      HOURS,
    ),
  ].join("\n\n");
}

/** The session keys and TLS clients of unknown sources; nothing where none is on record. */
function withWhat({ sessions: { sessionKeys, tlsFingerprints }, to }: Investigation): string[] {
  const table = (title: string, { busiest, total }: SessionList): string[] => {
    if (total === 0) return [];
    const rows = busiest
      .slice(0, ROWS)
      .map((one) => [
        one.value,
        time(one.firstAt),
        to - one.lastAt > ENDED_MS ? time(one.lastAt) : "still active",
        countText(one.requests),
        countText(one.addresses),
      ]);
    const left = total - rows.length;
    const more = left > 0 ? `\n(and ${countText(left)} more: --format csv)` : "";
    return [`${title}\n${printTable(SESSIONS, rows)}${more}`];
  };
  return [
    ...table("Session keys of unknown sources: revoke these", sessionKeys),
    ...table("TLS fingerprints of unknown sources", tlsFingerprints),
  ];
}

/** Other keys that were used from where unknown sources were; nothing where there are none. */
function whoElse({ others, otherNames }: Investigation): string[] {
  if (others === null) return [];
  const lines = othersTexts(others, (keyId) => keyText(keyId, otherNames), ROWS);
  return [["Other keys used from there", ...lines.map(oneLine)].join("\n")];
}

const PHASES = [
  { title: "" },
  { title: "HOURS", right: true },
  { title: "REQUESTS", right: true },
  { title: "PER HOUR", right: true },
  { title: "SPEND", right: true },
  { title: "ADDRESSES", right: true },
];
const SESSIONS = [
  { title: "" },
  { title: "FIRST (UTC)" },
  { title: "LAST" },
  { title: "REQUESTS", right: true },
  { title: "ADDRESSES", right: true },
];
const USES = [
  { title: "" },
  { title: "NAME" },
  { title: "FIRST SEEN (UTC)" },
  { title: "" },
  { title: "REQUESTS", right: true },
  { title: "FROM UNKNOWN SOURCES", right: true },
  { title: "SPEND", right: true },
];
const HOUR_COLUMNS = [
  { title: "HOUR" },
  { title: "REQUESTS", right: true },
  { title: "FROM UNKNOWN SOURCES", right: true },
  { title: "ERRORS", right: true },
  { title: "SPEND", right: true },
  { title: "FROM UNKNOWN SOURCES", right: true },
];

function fieldsOf(investigation: Investigation): (readonly [string, string])[] {
  const { keyId, key, from, to, onset, found } = investigation;
  const limit = key?.limitPerMinute ?? null;
  return [
    ["key", namedWithId(key?.display, keyId)],
    ["owner", key === null ? "not registered" : key.owner || "no owner on record"],
    ...(key?.service ? [["service", `${key.service}${key.environment ? `, ${key.environment}` : ""}`] as const] : []),
    ["limit", limit === null ? "not known" : `${countText(limit)}/min`],
    ["span", `${time(from)} to ${time(to)} UTC`],
    [
      "onset",
      onset === null ? "no finding: new sources are those new since the start of this span" : `${time(onset)} UTC`,
    ],
    ...found.map(
      (one) =>
        [
          `found: ${one.cause.replaceAll("_", " ")}`,
          `${one.severity}, ${one.cause === "leak" ? scoreText(one.score, one.thresholds) : `${one.score.toFixed(1)} times its bound`}, last ${time(one.lastAt)}: ${one.summary}`,
        ] as const,
    ),
    ...takenFields(investigation),
  ];
}

function takenFields({ taken, indistinct, isFirstUse, networks, to }: Investigation): (readonly [string, string])[] {
  const homes =
    indistinct === null
      ? []
      : [
          `which of the ${countText(indistinct.addresses)} new addresses in its usual networks are unknown sources: ${countText(indistinct.usualADay)} new ones came on the day before as well; see what is new below`,
        ].map((text) => ["undetermined", text] as const);
  if (taken === null) {
    const none = isFirstUse
      ? "cannot be distinguished: the key was not used before this span, so that there is nothing to compare with"
      : "none: every network in this span was known for this key, or is part of its usual changes";
    return homes.length > 0 ? homes : [["unknown sources", none]];
  }
  const through = networks
    .filter(({ isUnknownSource }) => isUnknownSource)
    .map((network) =>
      network.name === NO_ADDRESS ? NO_ADDRESS : `${networkText(network)}, ${addressesText(network.sources.length)}`,
    );
  const silent = taken.isHeardSince
    ? "ended"
    : "whether it continues is unknown: no event of any key was received since";
  const ended = to - taken.lastAt > ENDED_MS ? silent : "still active";
  return [
    ...homes,
    [
      "used by unknown sources",
      `${requestsText(taken.requests)}, ${bytesText(taken.bytes)}, ${dollarText(taken.spendMicros)}`,
    ],
    ["from", `${time(taken.firstAt)} to ${time(taken.lastAt)} UTC (${ended})`],
    ...firstLines(through, through.length, "networks", ROWS).map(
      (network, i) => [i === 0 ? "networks" : "", network] as const,
    ),
  ];
}

function phaseRows({ phases: { before, since, now }, onset }: Investigation): string[][] {
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
