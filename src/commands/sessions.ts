import { Command } from "commander";
import { REDIS_PREFIX } from "../app.js";
import { verifiedName } from "../model/incident/person-text.js";
import { openEndedSessions } from "../store/view/ended-sessions.js";
import {
  openPersonSessions,
  shortSession,
  type PersonSession,
  type PersonSessions,
} from "../store/sign-in/person-sessions.js";
import { connectRedisOnce } from "../store/redis/connect-redis-once.js";
import { readRedisClock } from "../store/redis/redis.js";
import { cliUser } from "./cli-user.js";
import { minuteText } from "./incidents-list.js";
import { printTable } from "./print-table.js";
import { action, CommandFailure, EXIT, openConfig, withStore, type ExitCode } from "./run-command.js";

const ANSWER_MS = 5_000;
const EXITS = "2 usage, 3 ClickHouse or Redis unreachable.";
const COLUMNS = ["SESSION", "PERSON", "MAY", "SINCE (UTC)", "SEEN (UTC)", "UNTIL (UTC)", "ADDRESS"];

/** `plimsoll sessions list|revoke`: who is signed in by OpenID Connect, and the end of it. */
export function sessionsCommand(): Command {
  const sessions = new Command("sessions")
    .summary("sessions: who is signed in to the dashboard by OpenID Connect, and ending that")
    .description(
      "Sessions of people that signed in at PLIMSOLL_OIDC_ISSUER. They end 12 hours after they began, after two hours without a request, by signing out, or here.\n" +
        "Sessions of tokens are in no list: they end with their token, or with `revoke --all`.",
    );
  sessions
    .command("list")
    .summary("sessions that count now, the newest first")
    .option("--json", "print an array")
    .addHelpText("after", `\nExit code: 0 listed, ${EXITS}`)
    .action(action(listSessions));
  sessions
    .command("revoke")
    .summary("end sessions at once, in every serve process")
    .argument("[session]", "one session, as `list` names it")
    .option("--person <name>", "all sessions of that person, such as ana@example.com")
    .option("--all", "all sessions of people and of tokens")
    .addHelpText(
      "after",
      `\nWhoever still may can sign in again: take away the group or the token first.\nExit code: 0 ended, 1 there was none, ${EXITS}`,
    )
    .action(action(revokeSessions));
  return sessions;
}

async function listSessions({ json }: { readonly json?: boolean }): Promise<ExitCode> {
  const known = await withSessions(async ({ people, now }) => people.list(now));
  if (json === true) print(JSON.stringify(known.map(toJson)));
  else if (known.length === 0) print("nobody is signed in by OpenID Connect");
  else
    print(
      printTable(
        COLUMNS.map((title) => ({ title })),
        known.map(toCells),
      ),
    );
  return EXIT.ok;
}

interface Revoked {
  readonly person?: string;
  readonly all?: boolean;
}

async function revokeSessions(session: string | undefined, { person, all }: Revoked): Promise<ExitCode> {
  if ([session, person, all].filter((one) => one !== undefined).length !== 1)
    throw new CommandFailure(EXIT.usage, "name one session, or --person NAME, or --all");
  const ended = await withSessions(async ({ people, endTokens, now }) => {
    const meant = (await people.list(now)).filter((one) => isMeant(one, session, person));
    if (session !== undefined && meant.length > 1)
      throw new CommandFailure(EXIT.usage, `${session} is the beginning of ${meant.length} sessions: give more of it`);
    await people.end(meant.map(({ digest }) => digest));
    if (all === true) await endTokens(now);
    return meant;
  });
  const tokens = all === true ? ", and all sessions of tokens" : "";
  print(`ended: ${ended.length} session${ended.length === 1 ? "" : "s"} of people${tokens}`);
  // They have ended, whether or not ClickHouse answers.
  await putOnRecord(ended, all === true).catch((error: Error) =>
    console.error(`it is not on record in /audit: ${error.message}`),
  );
  return ended.length > 0 || all === true ? EXIT.ok : EXIT.badNews;
}

async function putOnRecord(ended: readonly PersonSession[], isAll: boolean): Promise<void> {
  const counts = new Map<string, number>(isAll ? [["all sessions of tokens", 1]] : []);
  for (const { name } of ended) counts.set(name, (counts.get(name) ?? 0) + 1);
  if (counts.size === 0) return;
  await withStore(openConfig(), async (store, at) =>
    store.signIn.insertSignIns(
      [...counts].map(([subject, attempts]) => ({
        at,
        event: "revoked",
        way: "command",
        who: cliUser(),
        address: "",
        subject,
        attempts,
      })),
    ),
  );
}

function isMeant({ digest, name }: PersonSession, session: string | undefined, person: string | undefined): boolean {
  if (session !== undefined) return session.length >= 6 && digest.startsWith(session);
  if (person === undefined) return true;
  const [is, meant] = [name.toLowerCase(), person.toLowerCase()];
  return is === meant || is === verifiedName(meant);
}

interface SessionsAtHand {
  readonly people: PersonSessions;
  readonly endTokens: (now: number) => Promise<void>;
  readonly now: number;
}

async function withSessions<Result>(work: (at: SessionsAtHand) => Promise<Result>): Promise<Result> {
  const redis = await connectRedisOnce(openConfig().REDIS_URL, ANSWER_MS);
  try {
    const ended = openEndedSessions(redis, REDIS_PREFIX);
    const now = await readRedisClock(redis);
    return await work({
      people: openPersonSessions(redis, REDIS_PREFIX),
      endTokens: async (at) => ended.endAll(at),
      now,
    });
  } finally {
    redis.disconnect();
  }
}

const toJson = (one: PersonSession) => ({
  session: shortSession(one.digest),
  person: one.name,
  may_act: one.mayAct,
  since: new Date(one.from).toISOString(),
  seen: new Date(one.seenAt).toISOString(),
  until: new Date(one.until).toISOString(),
  address: one.address,
});

const toCells = (one: PersonSession): string[] => [
  shortSession(one.digest),
  one.name,
  one.mayAct ? "read and act" : "read",
  minuteText(one.from),
  minuteText(one.seenAt),
  minuteText(one.until),
  one.address,
];

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
