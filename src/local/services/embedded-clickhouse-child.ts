import { DataType, isNullPointer, load, open, restorePointer, wrapPointer } from "ffi-rs";

/**
 * Serves ClickHouse from libchdb until it is killed: `node embedded-clickhouse-child.js <libchdb> <config.xml> <path> <http port> <tcp port>`.
 * The engine is the command-line program `clickhouse local`; a query that sleeps for years keeps it, and so its servers, alive.
 */
const [library, config, path, httpPort, tcpPort] = process.argv.slice(2);

const query = [
  "SYSTEM START LISTEN HTTP",
  "SYSTEM START LISTEN TCP",
  "SELECT sleepEachRow(1) FROM numbers(1000000000) SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 0 FORMAT Null",
].join("; ");
const args = [
  "clickhouse",
  `--config-file=${config}`,
  `--path=${path}`,
  `--http_port=${httpPort}`,
  `--tcp_port=${tcpPort}`,
  "--listen_host=127.0.0.1",
  `--query=${query}`,
];

open({ library: "chdb", path: library ?? "" });
const result = await load({
  library: "chdb",
  funcName: "chdb_query_cmdline",
  retType: DataType.External,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [args.length, args],
  runInNewThread: true,
});
// The query never ends by itself. Some errors the engine has printed already, the others are in the result; reading a null crashes.
if (!isNullPointer(result)) {
  const problem = load({
    library: "chdb",
    funcName: "chdb_result_error",
    retType: DataType.External,
    paramsType: [DataType.External],
    paramsValue: [result],
  });
  if (!isNullPointer(problem)) {
    const [text] = restorePointer({ retType: [DataType.String], paramsValue: wrapPointer([problem]) });
    process.stderr.write(`${String(text)}\n`);
  }
}
process.exitCode = 1;
