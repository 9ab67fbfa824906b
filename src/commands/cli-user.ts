import { userInfo } from "node:os";

/** In whose name a command changes the registry: `cli` and the system's user, where it has a name. */
export function cliUser(): string {
  try {
    return `cli:${userInfo().username}`;
  } catch {
    return "cli";
  }
}
