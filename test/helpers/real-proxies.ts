import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, isPortTaken } from "../../src/local/services/free-port.js";
import { requiredProgram } from "../../src/local/services/required-program.js";
import { until } from "./until.js";

/** A real proxy in front of an upstream, and the log that it writes. */
export interface RealProxy {
  readonly url: string;
  readonly log: string;
  stop(): Promise<void>;
}

/** Starts Debian's HAProxy with a log that captures `X-Api-Key`. */
export async function startHaproxy(dir: string, upstreamPort: number): Promise<RealProxy> {
  const config = `global
  log stdout format raw local0 info
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  log global
  option httplog
frontend api
  bind 127.0.0.1:PORT
  capture request header X-Api-Key len 64
  default_backend cards
backend cards
  server one 127.0.0.1:${upstreamPort}
`;
  return startProxy("haproxy", dir, config, (file) => ["-db", "-f", file]);
}

/** Starts Debian's Caddy with its access log on standard output. */
export async function startCaddy(dir: string, upstreamPort: number): Promise<RealProxy> {
  const config = `{
  admin off
  auto_https off
}
http://127.0.0.1:PORT {
  bind 127.0.0.1
  log {
    output stdout
    format json
  }
  reverse_proxy 127.0.0.1:${upstreamPort}
}
`;
  return startProxy("caddy", dir, config, (file) => ["run", "--adapter", "caddyfile", "--config", file]);
}

/** Starts Debian's nginx with its stock format, whose user names the key. */
export async function startStockNginx(dir: string, upstreamPort: number): Promise<RealProxy> {
  mkdirSync(join(dir, "temp"));
  const temps = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${dir}/temp;`);
  const config = `daemon off; pid ${dir}/nginx.pid; error_log ${dir}/error.log; events {}
http { ${temps.join(" ")} access_log /dev/stdout combined;
  server { listen 127.0.0.1:PORT; location / { proxy_pass http://127.0.0.1:${upstreamPort}; } } }
`;
  return startProxy("nginx", dir, config, (file) => ["-c", file, "-e", join(dir, "error.log")]);
}

async function startProxy(
  name: string,
  dir: string,
  config: string,
  argsOf: (configFile: string) => readonly string[],
): Promise<RealProxy> {
  const program = requiredProgram({
    names: [name],
    debianPackage: name,
    service: name,
    advice: `this test runs the real ${name} (Debian: apt-get install ${name})`,
  });
  const port = await freePort();
  const file = join(dir, `${name}.conf`);
  writeFileSync(file, config.replaceAll("PORT", String(port)));
  const log = join(dir, `${name}.log`);
  const written = openSync(log, "a");
  const child = spawn(program, argsOf(file), {
    stdio: ["ignore", written, "ignore"],
    env: { PATH: process.env["PATH"], HOME: dir },
  });
  closeSync(written);
  const ended = once(child, "exit");
  await until(`${name} listens`, async () => {
    assert.equal(child.exitCode, null, `${name} does not take its configuration`);
    return isPortTaken(port);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    log,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
