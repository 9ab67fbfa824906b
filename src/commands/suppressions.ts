import { Command } from "commander";
import { YES } from "./incidents.js";
import { action } from "./run-command.js";
import { editSuppression, withdraw } from "./suppressions-act.js";
import { listSuppressions, preview, showSuppression } from "./suppressions-read.js";

const EXITS = "2 usage, 3 ClickHouse unreachable.";
const NETWORKS = "networks to suppress";

/** `plimsoll suppressions list|show|preview|edit|withdraw`: what `incidents expect` recorded. */
export function suppressionsCommand(): Command {
  const suppressions = new Command("suppressions")
    .summary("suppressions: what was recorded as legitimate, and what that hides")
    .description(
      "Suppressions, recorded by `plimsoll incidents expect`: each covers one cause and key, from some networks, until a set time. They raise no threshold, and\n" +
        "what they hide stays on record. Name one by its id or a unique prefix of it.",
    );
  suppressions
    .command("list")
    .summary("active suppressions, and how many findings each has hidden")
    .option("--all", "also those that ended or were withdrawn in the last 30 days")
    .option("--json", "print an array")
    .addHelpText("after", `\nExit code: 0 listed, ${EXITS}`)
    .action(action(listSuppressions));
  suppressions
    .command("show")
    .summary("one suppression: what it covers, who changed it, what it hid")
    .argument("<suppression>", "its id, or a unique prefix of it")
    .option("--json", "print everything as JSON")
    .addHelpText("after", `\nExit code: 0 found, 1 not found or not unique, ${EXITS}`)
    .action(action(showSuppression));
  suppressions
    .command("preview")
    .summary("what one would have hidden in the last seven days; changes nothing")
    .argument("<incident or suppression>", "id of an incident, or of a suppression")
    .option(
      "--network <cidr...>",
      `${NETWORKS} (default: its own, or for an incident the addresses that the newest finding blames)`,
    )
    .option("--json", "print an object")
    .addHelpText(
      "after",
      `\nExit code: 0 these networks need no --yes, 1 they need it, are refused, or nothing was found, ${EXITS}`,
    )
    .action(action(preview));
  const act = (name: string, summary: string) =>
    suppressions
      .command(name)
      .summary(summary)
      .argument("<suppression>", "its id, or a unique prefix of it")
      .option("--note <text>", "why, for the record: required", "")
      .option("--by <name>", "your name", process.env["USER"] ?? "command line")
      .addHelpText("after", `\nExit code: 0 done, 1 not found or nothing to do, ${EXITS}`);
  act("edit", "change its networks or end, from now on")
    .option("--network <cidr...>", `${NETWORKS}: the complete new list`)
    .option("--until <T>", "until when, a time (RFC 3339) or the end of a date, UTC (at most 90 days from now)")
    .option("--yes", YES)
    .action(action(editSuppression));
  act("withdraw", "end it now: such findings open incidents again, at once if found within the last hour").action(
    action(withdraw),
  );
  return suppressions;
}
