import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../src/local/services/free-port.js";
import { until } from "./until.js";

/** A real nginx that logs each request as JSON with an id, which it also answers. */
export interface RealNginx {
  readonly url: string;
  readonly log: string;
  /** Has it open its log again, as after a rotation; resolves when it wrote into the new one. */
  reopen(): Promise<void>;
  stop(): Promise<void>;
}

/** Whether this machine has one. */
export function hasNginx(): boolean {
  return spawnSync("nginx", ["-v"]).status === 0;
}

/** Starts nginx with everything that it writes in a directory. */
export async function startNginx(dir: string): Promise<RealNginx> {
  const port = await freePort();
  const log = join(dir, "access.log");
  mkdirSync(join(dir, "temp"));
  const temps = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${dir}/temp;`);
  const fields = [
    "msec",
    "remote_addr",
    "request_id",
    "request_method",
    "request_uri",
    "status",
    "bytes_sent",
    "http_x_key_id",
  ];
  const format = `{${fields.map((name) => `"${name}":"$${name}"`).join(",")}}`;
  const config = join(dir, "nginx.conf");
  writeFileSync(
    config,
    `daemon off; pid ${dir}/nginx.pid; error_log ${dir}/error.log; worker_processes 2; events {}
http { ${temps.join(" ")} log_format plimsoll escape=json '${format}'; access_log ${log} plimsoll; keepalive_requests 100000;
  server { listen 127.0.0.1:${port}; location / { add_header x-id $request_id always; return 200 "ok"; } } }\n`,
  );
  const child = spawn("nginx", ["-c", config, "-e", join(dir, "error.log")], { stdio: "ignore" });
  const ended = once(child, "exit");
  const url = `http://127.0.0.1:${port}`;
  await until("nginx listens", () => existsSync(log));
  return {
    url,
    log,
    async reopen() {
      child.kill("SIGUSR1");
      await until("nginx opened its log again", () => existsSync(log));
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
