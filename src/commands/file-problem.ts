import { oneLine } from "./print-table.js";

/** What the file system says, for people; what is not here is told by its code. */
const SENTENCES: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "a part of its path is a file, not a folder",
  EACCES: "this user has no right to it",
  EPERM: "this user has no right to it",
  EISDIR: "it is a folder, not a file",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "its name is longer than the file system takes",
};

/** A sentence on why a file cannot be read or written, with the name that was given. */
export function fileProblem(error: unknown, given?: string, verb: "read" | "written" = "read"): string {
  const { code, path, message }: Partial<NodeJS.ErrnoException> = error instanceof Error ? error : {};
  return `${oneLine(given ?? path ?? "the file")} cannot be ${verb}: ${SENTENCES[code ?? ""] ?? code ?? message ?? "unknown error"}`;
}
