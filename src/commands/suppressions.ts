import { Command } from "commander";
import { YES } from "./incidents.js";
import { action } from "./run-command.js";
import { editSuppression, withdraw } from "./suppressions-act.js";
import { listSuppressions, preview, showSuppression } from "./suppressions-read.js";

const EXITS = "2 usage, 3 ClickHouse unreachable.";
const NETWORKS = "networks it may come from";

/** `plimsoll suppressions list|show|preview|edit|withdraw`: what `incidents expect` recorded. */
export function suppressionsCommand(): Command {
  const suppressions = new Command("suppressions")
    .summary("what people said is legitimate, and what that hid")
    .description(
      "Suppressions: one cause and key, from some networks, until then, as `plimsoll incidents expect` recorded it. They raise no threshold, and what\n" +
        "they hide stays on file. Named by id, or by its beginning.",
    );
  suppressions
    .command("list")
    .summary("those that hold, and how many findings each has hidden")
    .option("--all", "also those that ended or were withdrawn in the last 30 days")
    .option("--json", "print an array")
    .addHelpText("after", `\nExit code: 0 listed, ${EXITS}`)
    .action(action(listSuppressions));
  suppressions
    .command("show")
    .summary("one: what it holds for, who changed it, what it hid")
    .argument("<suppression>", "its id, or a beginning that no other has")
    .option("--json", "print everything as JSON")
    .addHelpText("after", `\nExit code: 0 found, 1 not found or not the only one, ${EXITS}`)
    .action(action(showSuppression));
  suppressions
    .command("preview")
    .summary("what one would have hidden in the last seven days; changes nothing")
    .argument("<incident or suppression>", "id of an incident, or of a suppression")
    .option(
      "--network <cidr...>",
      `${NETWORKS} (default: its own; of an incident the addresses that the newest finding blames)`,
    )
    .option("--json", "print an object")
    .addHelpText(
      "after",
      `\nExit code: 0 these networks need no --yes, 1 they do, are refused, or nothing is found, ${EXITS}`,
    )
    .action(action(preview));
  const act = (name: string, summary: string) =>
    suppressions
      .command(name)
      .summary(summary)
      .argument("<suppression>", "its id, or a beginning that no other has")
      .option("--note <text>", "why, for those who look later", "")
      .option("--by <name>", "who says so", process.env["USER"] ?? "command line")
      .addHelpText("after", `\nExit code: 0 done, 1 not found or nothing to do, ${EXITS}`);
  act("edit", "change networks or end, from now on")
    .option("--network <cidr...>", `${NETWORKS}: all of them`)
    .option("--until <T>", "until when, RFC 3339 (at most 90 days from now)")
    .option("--yes", YES)
    .action(action(editSuppression));
  act("withdraw", "end it: the same opens incidents again, at once where it was found within the hour").action(
    action(withdraw),
  );
  return suppressions;
}
