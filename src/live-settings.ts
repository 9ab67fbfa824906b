import { parseSetting, type Config } from "./config.js";
import { watchFile, type WatchedFile } from "./flow/watch-file.js";
import { parseSecretList, parseTokenList, type SecretList } from "./token-list.js";

/** Settings whose change needs no restart: nothing but the next request or page depends on them. */
const LIVE = [
  "PAGERDUTY_ROUTING_KEY",
  "PAGERDUTY_ROUTING_KEYS",
  "PAGERDUTY_WEBHOOK_SECRET",
  "PLIMSOLL_INGEST_TOKENS",
  "PLIMSOLL_READ_TOKENS",
  "PLIMSOLL_ADMIN_TOKENS",
  "PLIMSOLL_OIDC_CLIENT_SECRET",
  "PLIMSOLL_OPENAI_ADMIN_KEY",
  "PLIMSOLL_ANTHROPIC_ADMIN_KEY",
  "PLIMSOLL_OPENROUTER_MANAGEMENT_KEY",
  "PLIMSOLL_AWS_ACCESS_KEY",
  "PLIMSOLL_GITHUB_INSIGHTS_TOKEN",
  "PLIMSOLL_GUARDS",
  "PLIMSOLL_CONTAIN_AUTOMATICALLY",
  "PLIMSOLL_DESTINATIONS",
] as const;
type LiveName = (typeof LIVE)[number];

/** Of these the file is the whole truth: whoever is not in it, or no longer, is not let in, whatever else is wrong with it. */
const LETS_IN: Partial<Record<LiveName, (text: string) => SecretList<unknown>>> = {
  PAGERDUTY_WEBHOOK_SECRET: parseSecretList,
  PLIMSOLL_INGEST_TOKENS: (text) => parseTokenList("ingest", text),
  PLIMSOLL_READ_TOKENS: (text) => parseTokenList("read", text),
  PLIMSOLL_ADMIN_TOKENS: (text) => parseTokenList("admin", text),
};

/** A kill switch is off while nobody can read it. */
const KILL_SWITCH = { name: "PLIMSOLL_CONTAIN_AUTOMATICALLY", unreadable: "off" } as const;

/** The settings that follow their files; each value stays the same object until its file changes. */
export interface LiveSettings {
  readonly get: <Name extends LiveName>(name: Name) => Config[Name];
  /** Whether a setting follows a file: then it may come to hold something later. */
  readonly isFiled: (name: LiveName) => boolean;
  readonly close: () => void;
}

/** What happens to settings, by name and without their value. */
export interface LiveSettingsWatch {
  readonly onChange: (setting: string) => void;
  /** A file that cannot be used, wholly or in part. */
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
      // The first text was found good with the rest of the environment.
      if (!files.has(name)) return parseSetting(name, text);
      const value = parseAgain(name, text, (problem) => onProblem(name, problem));
      onChange(name);
      return value;
    };
    const letsIn = LETS_IN[name] !== undefined;
    const isSwitch = name === KILL_SWITCH.name;
    const consequence = letsIn
      ? "no token is accepted until it can be read"
      : isSwitch
        ? `it is ${KILL_SWITCH.unreadable} until it can be read`
        : "the previous value stays in use";
    const onUnusable = (problem: string) => onProblem(name, `${problem}: ${consequence}`);
    files.set(
      name,
      watchFile<unknown>(path, {
        parse,
        onProblem: onUnusable,
        ...(letsIn ? { whenUnusable: [] } : isSwitch ? { whenUnusable: KILL_SWITCH.unreadable } : {}),
      }),
    );
  }
  return {
    get: <Name extends LiveName>(name: Name) => (files.get(name)?.current() ?? config[name]) as Config[Name],
    isFiled: (name) => files.has(name),
    close: () => files.forEach((file) => file.close()),
  };
}

/** What containment takes of the settings: guards and the kill switch, as they are when they are asked for. */
export function containSettings(config: Config, live: Pick<LiveSettings, "get">) {
  return {
    guardOf: (name: string) => live.get("PLIMSOLL_GUARDS").get(name),
    falseContainmentsPerYear: config.PLIMSOLL_FALSE_CONTAINMENTS_PER_YEAR,
    automaticMode: () => live.get("PLIMSOLL_CONTAIN_AUTOMATICALLY"),
  };
}

function parseAgain(name: LiveName, text: string, onProblem: (problem: string) => void): unknown {
  const isEmpty = text.trim() === "";
  const parseList = LETS_IN[name];
  if (parseList === undefined) {
    if (isEmpty) throw new Error("it is empty");
    return parseSetting(name, text);
  }
  const { entries, problems } = isEmpty ? { entries: [], problems: ["it is empty"] } : parseList(text);
  for (const problem of problems) onProblem(`${problem}: no token is accepted`);
  return entries;
}
