import { ClickHouseError } from "@clickhouse/client";
import { cleanText } from "../../text/clean-text.js";
import { LONGEST_SECRET } from "../../text/secret/secret-shape.js";
import { DeadlinePassed } from "../../flow/deadline.js";

/** Why ClickHouse or Redis did not do what it was asked. */
export type ProblemKind =
  | "refused"
  | "unknown_host"
  | "timeout"
  | "login"
  | "database"
  | "tables"
  | "rights"
  | "shard_away"
  | "cluster"
  | "other";

/** A failure in words for people: what was found and what to do. Holds no password and no URL. */
export interface DependencyProblem {
  readonly service: "ClickHouse" | "Redis";
  readonly kind: ProblemKind;
  /** Nobody there, or nobody who lets us in: nothing else can be asked. */
  readonly unreachable: boolean;
  readonly found: string;
  readonly fix: string;
}

/** A problem of a dependency as an error. */
export class DependencyFailure extends Error {
  readonly problem: DependencyProblem;

  constructor(problem: DependencyProblem) {
    super(`${problem.service}: ${problem.found}`);
    this.name = "DependencyFailure";
    this.problem = problem;
  }
}

const UNREACHABLE: ReadonlySet<ProblemKind> = new Set(["refused", "unknown_host", "timeout", "login"]);

const LONGEST_WORDS = 200;
/** What is left out may be as long as a secret. */
const LOOKED_AT = LONGEST_WORDS + LONGEST_SECRET;

/** ClickHouse's error codes that have a cause of their own, from its ErrorCodes.cpp. */
const CLICKHOUSE_CODES: Readonly<Record<string, ProblemKind>> = {
  "60": "tables",
  "81": "database",
  "159": "timeout",
  "164": "rights",
  "192": "login",
  "193": "login",
  "194": "login",
  "195": "login",
  "210": "shard_away",
  "279": "shard_away",
  "497": "rights",
  "516": "login",
  "701": "cluster",
};

const NETWORK_CODES: Readonly<Record<string, ProblemKind>> = {
  ECONNREFUSED: "refused",
  ECONNRESET: "refused",
  EPIPE: "refused",
  EHOSTUNREACH: "refused",
  ENETUNREACH: "refused",
  ENOTFOUND: "unknown_host",
  EAI_AGAIN: "unknown_host",
  ETIMEDOUT: "timeout",
};

const CLICKHOUSE_FIXES: Readonly<Record<ProblemKind, string>> = {
  refused: "start ClickHouse, or correct host and HTTP port (8123, not 9000) in CLICKHOUSE_URL",
  unknown_host: "correct the host name in CLICKHOUSE_URL, or the DNS of this machine",
  timeout: "check for a firewall between here and the host in CLICKHOUSE_URL, and for an overloaded server",
  login: "correct user and password in CLICKHOUSE_URL; percent-encode signs such as @ / : in the password",
  database: "run `plimsoll migrate`, or correct the database at the end of CLICKHOUSE_URL",
  tables: "run `plimsoll migrate`",
  rights: "use the account of sql/access/users.xml that may do this, or grant the right",
  shard_away:
    "start that ClickHouse again: the first of CLICKHOUSE_URL does not reach it, and its keys are not checked meanwhile",
  cluster:
    "put what `plimsoll migrate --print-cluster` prints into config.d of every ClickHouse, with sql/access/shards.xml in users.d and CLICKHOUSE_SHARDS_PASSWORD in its environment",
  other: "check this message and the server's log",
};

const REDIS_FIXES: Readonly<Record<ProblemKind, string>> = {
  refused: "start Redis, or correct host and port in REDIS_URL (rediss:// if it requires TLS)",
  unknown_host: "correct the host name in REDIS_URL, or the DNS of this machine",
  timeout: "check for a firewall between here and the host in REDIS_URL, and for an unresponsive server",
  login: "correct the password in REDIS_URL: redis://:password@host:port or redis://user:password@host:port",
  database: "correct the database number at the end of REDIS_URL, or raise `databases` in redis.conf",
  tables: "check this message and the server's log",
  rights: "give the Redis user the right, or use another: redis://user:password@host:port",
  shard_away: "check this message and the server's log",
  cluster: "check this message and the server's log",
  other: "check this message and the server's log",
};

/** What a failed call of ClickHouse means, or undefined when the error is not of its making. */
export function explainClickHouse(error: unknown): DependencyProblem | undefined {
  if (error instanceof ClickHouseError) {
    const kind = CLICKHOUSE_CODES[error.code] ?? "other";
    return problemOf("ClickHouse", kind, `it answers with error ${error.code}: ${firstWords(error.message)}`);
  }
  const message = error instanceof Error ? error.message : "";
  const timedOut = error instanceof DeadlinePassed || message === "Timeout error.";
  const kind = timedOut
    ? "timeout"
    : (networkKind(error) ?? (/socket hang up|aborted/.test(message) ? "refused" : undefined));
  return kind === undefined ? undefined : problemOf("ClickHouse", kind, firstWords(message));
}

/** What a failed call of Redis, or an error event of its connection, means. ioredis' own error may carry the password. */
export function explainRedis(error: unknown): DependencyProblem {
  const message = error instanceof Error ? error.message : String(error);
  if (message.startsWith("All sentinels are unreachable")) return explainSentinels(message);
  const kind =
    networkKind(error) ??
    (error instanceof DeadlinePassed || /timed? ?out/i.test(message) ? "timeout" : undefined) ??
    (/^(NOAUTH|WRONGPASS)|invalid password|without any password configured/.test(message) ? "login" : undefined) ??
    (message.startsWith("NOPERM") ? "rights" : undefined) ??
    (/DB index|SELECT is not allowed/.test(message) ? "database" : undefined) ??
    (/Connection is closed|socket hang up/.test(message) ? "refused" : "other");
  return problemOf("Redis", kind, sayLogin(message) ?? firstWords(message));
}

/** What ioredis says when no sentinel named the master; the last one's answer ends it. */
function explainSentinels(message: string): DependencyProblem {
  const problem = (kind: ProblemKind, found: string, fix: string): DependencyProblem => {
    return { service: "Redis", kind, unreachable: UNREACHABLE.has(kind), found, fix };
  };
  if (message.includes("No such master"))
    return problem(
      "login",
      "the sentinels know no master of the name in REDIS_URL",
      "correct ?name= in REDIS_URL: `redis-cli -p 26379 SENTINEL masters` lists the names",
    );
  if (/WRONGPASS|NOAUTH/.test(message))
    return problem(
      "login",
      "the sentinels reject the login",
      "correct &sentinel_password= (and &sentinel_user=) in REDIS_URL",
    );
  return problem(
    "refused",
    "no sentinel answers",
    "start the sentinels, or correct their hosts and ports (26379 usually) in REDIS_URL",
  );
}

function sayLogin(message: string): string | undefined {
  if (message.startsWith("NOAUTH")) return "NOAUTH: it requires a password, and REDIS_URL has none";
  return message.startsWith("WRONGPASS") ? "WRONGPASS: it rejects the password in REDIS_URL" : undefined;
}

function problemOf(service: DependencyProblem["service"], kind: ProblemKind, found: string): DependencyProblem {
  const fix = (service === "Redis" ? REDIS_FIXES : CLICKHOUSE_FIXES)[kind];
  return { service, kind, unreachable: UNREACHABLE.has(kind), found, fix };
}

/** Whether a connection failed, to whatever it was. */
export function isNetworkError(error: unknown): boolean {
  return networkKind(error) !== undefined;
}

/** A host with several addresses gives an AggregateError of one error each. */
function networkKind(error: unknown): ProblemKind | undefined {
  const errors = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  const codes = errors.map((one) => (one as NodeJS.ErrnoException | null)?.code ?? "");
  return codes.map((code) => NETWORK_CODES[code]).find((kind) => kind !== undefined);
}

/** Servers quote what they were sent: the beginning is enough, and no secret is in it. */
function firstWords(message: string): string {
  const words = cleanText(withoutLogins((message.split("\n", 1)[0] ?? "").slice(0, LOOKED_AT)), LONGEST_WORDS).text;
  return words === "" ? "no connection possible" : words;
}

/** Without what stands between // and @ of a URL. */
function withoutLogins(text: string): string {
  return text
    .split(/(\s)/)
    .map((word) => {
      const [from, to] = [word.indexOf("//"), word.lastIndexOf("@")];
      return from >= 0 && to > from ? `${word.slice(0, from)}//${word.slice(to + 1)}` : word;
    })
    .join("");
}
