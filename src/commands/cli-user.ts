import { userInfo } from "node:os";
import { printable } from "../text/clean-text.js";

/** In whose name a command changes the registry: `cli` and the system's user, where it has a name. */
export function cliUser(): string {
  try {
    return `cli:${printable(userInfo().username)}`;
  } catch {
    return "cli";
  }
}
