import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { neededEnvironment } from "./needed-environment.js";

/** A program that this machine has, or Debian has a package of. */
export interface RequiredProgram {
  /** Its names, the best first. */
  readonly names: readonly string[];
  readonly debianPackage: string;
  /** A service that the package brings along and nobody asked for. */
  readonly service?: string;
  /** What to do where it cannot be had. */
  readonly advice: string;
}

/** How packages are fetched where there is no direct way. */
const PROXIES = ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];

/**
 * The path of a program on the PATH; as root on Debian its package is installed when there is none.
 * @throws Error saying what to install
 */
export function requiredProgram(wanted: RequiredProgram): string {
  return findProgram(wanted.names) ?? installProgram(wanted);
}

function findProgram(names: readonly string[]): string | undefined {
  const directories = (process.env["PATH"] ?? "").split(delimiter).filter((directory) => directory !== "");
  const candidates = names.flatMap((name) => directories.map((directory) => join(directory, name)));
  return candidates.find((path) => existsSync(path));
}

function installProgram({ names, debianPackage, service, advice }: RequiredProgram): string {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    throw new Error(`no ${names.join(" or ")} on the PATH: ${advice}`);
  }
  process.stderr.write(`installing Debian's package ${debianPackage}, because there is no ${names[0]} on the PATH\n`);
  // RUNLEVEL=1 (single user) keeps a package from starting its service.
  const env = { ...neededEnvironment(PROXIES), DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  try {
    execFileSync("apt-get", ["update"], { env, stdio: "pipe" });
    execFileSync("apt-get", ["install", "-y", "--no-install-recommends", debianPackage], { env, stdio: "pipe" });
    if (service !== undefined && existsSync("/run/systemd/system"))
      execFileSync("systemctl", ["disable", "--now", service], { env, stdio: "pipe" });
  } catch (error) {
    throw new Error(`${debianPackage} cannot be installed: ${advice}`, { cause: error });
  }
  const program = findProgram(names);
  if (program === undefined) throw new Error(`Debian's ${debianPackage} is not on the PATH: ${advice}`);
  return program;
}
