import { Command, Option } from "commander";
import { CONTAINED_HOURS, CONTAINMENT_ACTIONS, USUAL_CONTAINED_HOURS } from "../model/incident/containment.js";
import { contain } from "./contain-act.js";
import { action } from "./run-command.js";

/** `plimsoll contain <incident>`: asks what guards its key to throttle it, to deny its unknown sources, or to freeze it. */
export function containCommand(): Command {
  return new Command("contain")
    .summary("ask a key's guard to throttle it, deny its unknown sources, or freeze it; and undo that")
    .description(
      "Contains the key of an open incident at what guards it: the target in PLIMSOLL_GUARDS that the field guard of the key's entry names. Without\n" +
        "--action or --undo it prints who uses the key now and what is in force, and asks nothing. What is asked is recorded in the incident and sent\n" +
        "within seconds by `work`, tried until the guard answers, undone when it expires, and its effect is reported in the incident's timeline.",
    )
    .argument("[incident]", "its id, a unique prefix of it, or its dedup key in PagerDuty")
    .addOption(
      new Option(
        "--action <action>",
        "throttle: to its usual p99 of requests per minute; deny_networks: only the unknown sources of the incident, so that its owner is not affected; freeze: refuse everything",
      ).choices(CONTAINMENT_ACTIONS),
    )
    .option("--undo", "undo what is in force; with --action only that")
    .option("--network <cidr...>", "networks to deny (default: the unknown sources of the incident)")
    .option(
      "--limit <requests>",
      "requests per minute to throttle to (default: the key's p99 of the four weeks before)",
    )
    .option("--hours <hours>", `undone after so long: ${CONTAINED_HOURS}`, String(USUAL_CONTAINED_HOURS))
    .option("--note <text>", "why, for the record: required", "")
    .option("--by <name>", "your name", process.env["USER"] ?? "command line")
    .option("--dry-run", "print what it would hit and the exact request, without its secret; asks and records nothing")
    .option("--yes", "confirm what also hits the owner: freeze, and networks with known sources in them")
    .option(
      "--review",
      "without an incident: what was contained automatically in 30 days, or would have been, and how it was judged since",
    )
    .addHelpText(
      "after",
      "\nSee docs/containment.md. Exit code: 0 done, 1 not found, nothing to do or not possible, 2 usage, 3 ClickHouse unreachable.",
    )
    .action(action(contain));
}
