import { parseSetting, type Config } from "./config.js";
import { watchFile, type WatchedFile } from "./store/watch-file.js";

/** Settings whose change needs no restart: nothing but the next request or page depends on them. */
const LIVE = [
  "PAGERDUTY_ROUTING_KEY",
  "PAGERDUTY_ROUTING_KEYS",
  "PAGERDUTY_WEBHOOK_SECRET",
  "PLIMSOLL_INGEST_TOKENS",
  "PLIMSOLL_READ_TOKENS",
  "PLIMSOLL_ADMIN_TOKENS",
] as const;
type LiveName = (typeof LIVE)[number];

/** The settings that follow their files; each value stays the same object until its file changes. */
export interface LiveSettings {
  readonly get: <Name extends LiveName>(name: Name) => Config[Name];
  readonly close: () => void;
}

/** What happens to settings, by name and without their value. */
export interface LiveSettingsWatch {
  readonly onChange: (setting: string) => void;
  /** A file that cannot be used: the value before it stays. */
  readonly onProblem: (setting: string, problem: string) => void;
}

/** The settings as they were read; those that come from `<NAME>_FILE` are read again within seconds of a change. */
export function watchSettings(
  env: Readonly<Record<string, string | undefined>>,
  config: Config,
  { onChange, onProblem }: LiveSettingsWatch,
): LiveSettings {
  const files = new Map<LiveName, WatchedFile<unknown>>();
  for (const name of LIVE) {
    const path = env[`${name}_FILE`];
    if (path === undefined || path === "") continue;
    const parse = (text: string) => {
      const isFirst = !files.has(name);
      if (text.trim() === "" && !isFirst) throw new Error("it is empty");
      const value = parseSetting(name, text);
      if (!isFirst) onChange(name);
      return value;
    };
    files.set(name, watchFile(path, { parse, onProblem: (problem) => onProblem(name, problem) }));
  }
  return {
    get: <Name extends LiveName>(name: Name) => (files.get(name)?.current() ?? config[name]) as Config[Name],
    close: () => files.forEach((file) => file.close()),
  };
}
