import { Command } from "commander";
import { importKeys } from "./keys-import.js";
import { listKeys, showKey } from "./keys-list.js";
import { revokeKeyNamed, rotateKeys } from "./keys-rotate.js";
import { action } from "./run-command.js";

/** `plimsoll keys import|list|show|rotate|revoke`: the registry of keys. */
export function keysCommand(): Command {
  const keys = new Command("keys").summary("the key registry").description("The registry: what is known of every key.");
  keys
    .command("import")
    .summary("add keys and new versions of keys from a file")
    .description(
      "Reads registry entries from a JSON array, or from CSV with a header of the same field names: lists parted by `;` or spaces,\n" +
        "prices as `route=usd;route=usd`. All entries are imported or, when any is bad, none. Importing a file again changes nothing.\n" +
        "Rules and allowed networks that it switches on or changes are tried first: it says what they would have fired on in the last days.\n" +
        "The entry with key_id `*` holds rules of all keys.\n" +
        "A raw key may be given once as `key`: only its fingerprint (under PLIMSOLL_KEY_PEPPER) and display are kept.",
    )
    .argument("<file>", "the file, or - for standard input")
    .option("--dry-run", "say what would be changed and what new rules would have fired on, and write nothing")
    .option("--days <n>", "how many days back new rules are tried", "30")
    .option("--json", "print the counts, the trial of rules and problems as JSON")
    .addHelpText(
      "after",
      "\nExit code: 0 done, 1 an entry is bad and nothing was imported, 2 usage, 3 ClickHouse unreachable.",
    )
    .action(action(importKeys));
  keys
    .command("list")
    .summary("all keys, and those seen in traffic that nobody registered")
    .option("--json", "print an array of entries with their state")
    .addHelpText("after", "\nExit code: 0 there are keys, 1 there are none, 2 usage, 3 ClickHouse unreachable.")
    .action(action(listKeys));
  keys
    .command("show")
    .summary("everything that the registry knows of one key")
    .argument("<key>", "a key_id, or the display such as sk_live_…9f3c or its beginning; never a raw key")
    .option("--json", "print the entry, its state and its versions as JSON")
    .addHelpText("after", "\nExit code: 0 found, 1 not found or not the only one, 2 usage, 3 ClickHouse unreachable.")
    .action(action(showKey));
  keys
    .command("rotate")
    .summary("announce a key's successor, or by when it must be replaced")
    .description(
      "With --to the key that follows: one that is not registered yet gets the labels, limits and networks of the old one; its raw key\n" +
        "may be given on standard input with --key-stdin. With --due by when the key must be replaced: overdue keys are told of every day.\n" +
        "With --holder instead of a key: every key that this person holds, for when they leave.",
    )
    .argument("[key]", "a key_id or display; never a raw key")
    .option("--to <key_id>", "the key that follows")
    .option("--key-stdin", "read the successor's raw key from standard input")
    .option("--due <T>", "now, or an instant or date")
    .option("--holder <name>", "every key that this person holds; needs --due")
    .option("--json", "print the rotation as JSON")
    .addHelpText("after", "\nExit code: 0 done, 1 refused or not found, 2 usage, 3 ClickHouse unreachable.")
    .action(action(rotateKeys));
  keys
    .command("revoke")
    .summary("say that a key is revoked: from then on its use is misuse")
    .description(
      "Plimsoll does not switch the key off where it is checked: do that too. Refused while the key was used within the hour, or its\n" +
        "successor never was, as callers would break.",
    )
    .argument("<key>", "a key_id or display; never a raw key")
    .option("--at <T>", "now, or an instant or date", "now")
    .option("--force", "also when callers would break")
    .option("--json", "print the key as JSON")
    .addHelpText("after", "\nExit code: 0 done, 1 refused or not found, 2 usage, 3 ClickHouse unreachable.")
    .action(action(revokeKeyNamed));
  return keys;
}
