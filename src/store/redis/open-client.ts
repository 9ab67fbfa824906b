import { Redis, type RedisOptions } from "ioredis";
import { parseRedisUrl, type RedisAddress } from "../../redis-url.js";
import type { Secret } from "../../secret.js";

type ClientOptions = Omit<RedisOptions, "replyMapping">;

/** Sentinels that are all away are asked again so soon at first, and so late at last. */
const [ASK_AGAIN_MS, ASK_LATER_MS] = [100, 2000];

/**
 * A client of the Redis at an address, or of whichever the sentinels there call the master. What a server answers that was demoted under
 * the connection is asked again of the master.
 * @throws Error for an address that is none, which the configuration has refused before
 */
export function openClient(url: Secret, options: ClientOptions): Redis {
  const address = parseRedisUrl(url.reveal());
  if ("problem" in address) throw new Error(`REDIS_URL ${address.problem}`);
  const usual: ClientOptions = {
    ...options,
    reconnectOnError: ({ message }: Error) => (message.startsWith("READONLY") ? 2 : false),
  };
  return address.kind === "server"
    ? new Redis(address.url, usual)
    : new Redis({ ...usual, ...optionsOf(address, options) });
}

function optionsOf(
  address: RedisAddress & { readonly kind: "sentinels" },
  { retryStrategy }: ClientOptions,
): ClientOptions {
  const { sentinels, master, username, password, sentinelUsername, sentinelPassword, database, tls } = address;
  return {
    sentinels: [...sentinels],
    name: master,
    db: database,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(sentinelUsername === undefined ? {} : { sentinelUsername }),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    ...(tls ? { tls: {}, enableTLSForSentinelMode: true } : {}),
    // A master that hangs keeps its connections: the sentinels tell that it is none any more.
    failoverDetector: true,
    sentinelRetryStrategy: (tries) =>
      retryStrategy?.(tries) === null ? null : Math.min(tries * ASK_AGAIN_MS, ASK_LATER_MS),
  };
}
