import { Command, Option } from "commander";
import { acknowledgeIncident, expectThis, resolveIncident } from "./incidents-act.js";
import { listIncidents } from "./incidents-list.js";
import { showIncident } from "./incidents-show.js";
import { action } from "./run-command.js";

/** What `--yes` is for, wherever networks are named. */
export const YES =
  "take networks wider than a /16, or a /32 of IPv6, or as wide as an ISP: without it, what they would hide is printed";
const EXITS = "2 usage, 3 ClickHouse unreachable.";

/** `plimsoll incidents list|show|ack|expect|resolve`: open and past incidents. */
export function incidentsCommand(): Command {
  const incidents = new Command("incidents")
    .summary("open and past incidents")
    .description(
      "Incidents: what was found, what was told, and what people said of it. Named by id, or by its beginning.",
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
    .summary("one incident: its life, its newest evidence, its pages")
    .argument("<incident>", "its id, or a beginning that no other has")
    .option("--json", "print everything as JSON")
    .addHelpText("after", `\nExit code: 0 found, 1 not found or not the only one, ${EXITS}`)
    .action(action(showIncident));
  const act = (name: string, summary: string) =>
    incidents
      .command(name)
      .summary(summary)
      .argument("<incident>", "its id, or a beginning that no other has")
      .option("--note <text>", "why, for those who look later", "")
      .option("--by <name>", "who says so", process.env["USER"] ?? "command line")
      .addHelpText("after", `\nExit code: 0 done, 1 not found or nothing to do, ${EXITS}`);
  act("ack", "acknowledge it, here and in PagerDuty").action(action(acknowledgeIncident));
  act("resolve", "end it, here and in PagerDuty: the leak is dealt with")
    .addOption(new Option("--as <verdict>", "what it was: counts in the budget audit").choices(["leak", "benign"]))
    .action(action(resolveIncident));
  act("expect", "end it as legitimate, and let the same open none until then")
    .description(
      "Records that this was legitimate: for this cause and key, from these networks, until then. Nothing else is hidden by it, no\n" +
        "threshold is raised, and `plimsoll suppressions` lists what it hides, changes and withdraws it. Ends the incident, as benign.",
    )
    .option(
      "--network <cidr...>",
      "networks it may come from (default: every address that the newest finding blames, or where they are more than 20 their /24s, IPv6 /64)",
    )
    .option("--until <T>", "until when, RFC 3339 (default: 7 days from now; at most 90)")
    .option("--yes", YES)
    .action(action(expectThis));
  return incidents;
}
