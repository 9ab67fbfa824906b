import { Command } from "commander";
import { readConfig, type Config } from "../config.js";
import { applyRetention } from "../store/clickhouse/apply-retention.js";
import { migrate, type MigrationReport } from "../store/clickhouse/migrate.js";
import { membersOf, printCluster } from "../store/clickhouse/print-cluster.js";
import { explained } from "./run-command.js";

/** `plimsoll migrate`: brings the database up to date. */
export function migrateCommand(): Command {
  return new Command("migrate")
    .summary("bring the database up to date")
    .description(
      "Creates the database of CLICKHOUSE_URL if it is missing and applies missing sql/migrations in order;\n" +
        "sets retention to PLIMSOLL_RAW_DAYS, _MINUTE_DAYS and _HOUR_DAYS. Safe to repeat, and to run twice at once.",
    )
    .option("--json", "print what was done as JSON")
    .option("--print-cluster", "print the servers of CLICKHOUSE_URL as a file for config.d of each, and do nothing")
    .action(async (options: { json?: boolean; printCluster?: boolean }) => {
      const config = readConfig(process.env);
      if (options.printCluster === true) {
        process.stdout.write(printCluster(membersOf(config.CLICKHOUSE_URL)));
        return;
      }
      const { applied, present, retention } = await bringUpToDate(config);
      const report = { applied, present: present.length, retention };
      console.log(
        options.json === true
          ? JSON.stringify(report)
          : [
              ...applied.map((name) => `applied ${name}`),
              `${applied.length} applied, ${present.length} were already applied`,
              ...retention.map((change) => `retention ${change}`),
            ].join("\n"),
      );
    });
}

/** Applies what is missing of the migrations and sets the retention of the environment. */
export async function bringUpToDate(
  config: Config,
): Promise<MigrationReport & { readonly retention: readonly string[] }> {
  try {
    const report = await migrate(config.CLICKHOUSE_URL);
    const retention = await applyRetention(config.CLICKHOUSE_URL, {
      rawDays: config.PLIMSOLL_RAW_DAYS,
      minuteDays: config.PLIMSOLL_MINUTE_DAYS,
      hourDays: config.PLIMSOLL_HOUR_DAYS,
    });
    return { ...report, retention };
  } catch (error) {
    throw explained(error);
  }
}
