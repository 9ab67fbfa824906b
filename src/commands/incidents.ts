import { Command, Option } from "commander";
import { acknowledgeIncident, expectThis, resolveIncident } from "./incidents-act.js";
import { listIncidents } from "./incidents-list.js";
import { showIncident } from "./incidents-show.js";
import { action } from "./run-command.js";

/** What `--yes` is for, wherever networks are named. */
export const YES =
  "accept networks wider than a /16, or a /32 of IPv6, or as wide as an ISP: without it, the command only prints what they would hide";
const NAMES = "its id, a unique prefix of it, or its dedup key in PagerDuty";
const EXITS = "2 usage, 3 ClickHouse unreachable.";

/** `plimsoll incidents list|show|ack|expect|resolve`: open and past incidents. */
export function incidentsCommand(): Command {
  const incidents = new Command("incidents")
    .summary("open and past incidents")
    .description(
      "Incidents: findings, notifications, and what people did. Name one by its id, a unique prefix of it, or its dedup key in PagerDuty.",
    );
  incidents
    .command("list")
    .summary("open incidents, the worst first")
    .option("--all", "also those that ended in the last 30 days")
    .option("--json", "print an array")
    .addHelpText("after", `\nExit code: 0 nothing is open, 1 something is, ${EXITS}`)
    .action(action(listIncidents));
  incidents
    .command("show")
    .summary("one incident: its timeline, its newest evidence, its pages")
    .argument("<incident>", NAMES)
    .option("--json", "print everything as JSON")
    .addHelpText("after", `\nExit code: 0 found, 1 not found or not unique, ${EXITS}`)
    .action(action(showIncident));
  const act = (name: string, summary: string, note = "why, for the record: required") =>
    incidents
      .command(name)
      .summary(summary)
      .argument("<incident>", NAMES)
      .option("--note <text>", note, "")
      .option("--by <name>", "your name", process.env["USER"] ?? "command line")
      .addHelpText("after", `\nExit code: 0 done, 1 not found or nothing to do, ${EXITS}`);
  act("ack", "acknowledge it, here and in PagerDuty", "why, for the record").action(action(acknowledgeIncident));
  act("resolve", "resolve it, here and in PagerDuty: the leak is dealt with")
    .addOption(
      new Option(
        "--as <verdict>",
        "what it turned out to be; counted in the budget audit, and benign: its networks, programs and routes are the key's own from now on",
      ).choices(["leak", "benign"]),
    )
    .action(action(resolveIncident));
  act("expect", "resolve it as legitimate, and suppress the same until then")
    .description(
      "Records a suppression: findings of this cause and key, from these networks, open no incident until then. It hides nothing else and\n" +
        "raises no threshold; `plimsoll suppressions` lists what it hides, and changes or withdraws it. Resolves the incident, as benign;\n" +
        "with networks that cover only a part of what continues, it stays open.",
    )
    .option(
      "--network <cidr...>",
      "networks to suppress (default: every address that the newest finding blames; if more than 20, their /24s, or /64s of IPv6)",
    )
    .option(
      "--until <T>",
      "until when, a time (RFC 3339) or the end of a date, UTC (default: 7 days from now; at most 90)",
    )
    .option("--yes", YES)
    .action(action(expectThis));
  return incidents;
}
