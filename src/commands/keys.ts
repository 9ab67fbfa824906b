import { Command } from "commander";
import { importKeys } from "./keys-import.js";
import { listKeys, showKey } from "./keys-list.js";
import { revokeKeyNamed, rotateKeys } from "./keys-rotate.js";
import { action } from "./run-command.js";

/** `plimsoll keys import|list|show|rotate|revoke`: the registry of keys. */
export function keysCommand(): Command {
  const keys = new Command("keys")
    .summary("the key registry")
    .description("The registry: what is known about every key.");
  keys
    .command("import")
    .summary("add keys and new versions of keys from a file")
    .description(
      "Reads registry entries from a JSON array, or from CSV with a header of the same field names: lists separated by `;` or spaces,\n" +
        "prices as `route=usd;route=usd`. If any entry is invalid, none is imported. Importing the same file again changes nothing.\n" +
        "Rules and allowed networks that it switches on or changes are tried first: the command prints what they would have fired on in the last days.\n" +
        "The entry with key_id `*` holds the rules for all keys.\n" +
        "Every entry has a key_id, a public name of your choice. A raw key may be given once beside it, as `key`: only its fingerprint (under PLIMSOLL_KEY_PEPPER) and display are kept.",
    )
    .argument("<file>", "the file, or - for standard input")
    .option("--dry-run", "print what would change and what new rules would have fired on, and write nothing")
    .option("--days <n>", "how many days back new rules are tried", "30")
    .option("--json", "print the counts, the trial of rules and problems as JSON")
    .addHelpText(
      "after",
      "\nExit code: 0 done, 1 an entry is invalid and nothing was imported, 2 usage, 3 ClickHouse unreachable.",
    )
    .action(action(importKeys));
  keys
    .command("list")
    .summary("all keys, including unregistered ones seen in traffic")
    .option("--json", "print an array of entries with their state")
    .addHelpText("after", "\nExit code: 0 there are keys, 1 there are none, 2 usage, 3 ClickHouse unreachable.")
    .action(action(listKeys));
  keys
    .command("show")
    .summary("everything the registry has on one key")
    .argument("<key>", "a key_id, or a display such as sk_live_…9f3c or a prefix of it; never a raw key")
    .option("--json", "print the entry, its state and its versions as JSON")
    .addHelpText("after", "\nExit code: 0 found, 1 not found or not unique, 2 usage, 3 ClickHouse unreachable.")
    .action(action(showKey));
  keys
    .command("rotate")
    .summary("set a key's successor, or the date by which it must be replaced")
    .description(
      "With --to: the successor. If it is not registered yet, it gets the labels, limits and networks of the old key; its raw key\n" +
        "may be given on standard input with --key-stdin. With --due: when the key must be replaced; overdue keys raise a notice every day.\n" +
        "With --holder instead of a key: every key that this person holds, for example when they leave.",
    )
    .argument("[key]", "a key_id or display; never a raw key")
    .option("--to <key_id>", "the successor")
    .option("--key-stdin", "read the successor's raw key from standard input")
    .option("--due <T>", "now, or a time or date")
    .option("--holder <name>", "every key that this person holds; needs --due")
    .option("--json", "print the rotation as JSON")
    .addHelpText("after", "\nExit code: 0 done, 1 refused or not found, 2 usage, 3 ClickHouse unreachable.")
    .action(action(rotateKeys));
  keys
    .command("revoke")
    .summary("record that a key is revoked: any later use of it is misuse")
    .description(
      "Plimsoll does not disable the key at its provider: do that as well. Refused if the key was used within the last hour, or if its\n" +
        "successor was never used, because callers would break.",
    )
    .argument("<key>", "a key_id or display; never a raw key")
    .option("--at <T>", "now, or a time or date", "now")
    .option("--force", "revoke even if callers would break")
    .option("--json", "print the key as JSON")
    .addHelpText("after", "\nExit code: 0 done, 1 refused or not found, 2 usage, 3 ClickHouse unreachable.")
    .action(action(revokeKeyNamed));
  return keys;
}
