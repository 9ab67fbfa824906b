import { startClickHouse } from "../../src/local/services/embedded-clickhouse.js";
import { startRedis } from "../../src/local/services/embedded-redis.js";

// A process that starts both services, says where they are, and waits to be killed: `node service-parent.js <data directory>`.
const dataDir = process.argv[2] ?? "";
const clickhouse = await startClickHouse({ dataDir: `${dataDir}/clickhouse` });
const redis = await startRedis({ dataDir: `${dataDir}/redis` });
const { url: clickhouseUrl, pid: clickhousePid } = clickhouse;
const { url: redisUrl, pid: redisPid } = redis;
process.send?.({ clickhouseUrl, clickhousePid, redisUrl, redisPid });
