import type { Redis } from "ioredis";
import type { Secret } from "../../secret.js";
import { withinDeadline } from "../../flow/deadline.js";
import { openClient } from "./open-client.js";
import { DependencyFailure, explainRedis, type DependencyProblem } from "../problem/dependency-problem.js";

/**
 * Opens a connection that is tried once and is ready when this settles; close it with `disconnect()`.
 * @throws DependencyFailure saying why there is none, never with the URL or the password.
 */
export async function connectRedisOnce(url: Secret, withinMs: number): Promise<Redis> {
  let problem: DependencyProblem | undefined;
  const redis = openClient(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 1,
    connectTimeout: withinMs,
    commandTimeout: withinMs,
    // Else a failed connection keeps the process for two seconds.
    disconnectTimeout: 50,
  });
  redis.on("error", (error: unknown) => (problem ??= explainRedis(error)));
  try {
    await withinDeadline(withinMs, () => redis.connect());
  } catch (error) {
    redis.disconnect();
    throw new DependencyFailure(problem ?? explainRedis(error));
  }
  // A database that does not exist is told as an error event only; the connection is then in database 0.
  if (problem === undefined) return redis;
  redis.disconnect();
  throw new DependencyFailure(problem);
}
