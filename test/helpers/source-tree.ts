import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root, as seen from dist/test/helpers. */
export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** One import of a source file: `target` is a path from the root for our own files, else the package's specifier. */
export interface SourceImport {
  readonly target: string;
  readonly ours: boolean;
  readonly typeOnly: boolean;
  /** `export … from`: the file hands on what is another's. */
  readonly reExport: boolean;
}

/** A TypeScript file by its path from the root. */
export interface SourceFile {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly SourceImport[];
}

/** The paths from the root of all files below a folder that end in `ending`, sorted; none when there is no such folder. */
export function listFiles(folder: string, ending: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  const paths = names.filter((name) => name.endsWith(ending)).map((name) => `${folder}/${name.replaceAll("\\", "/")}`);
  return paths.sort();
}

/** The text of a file, by its path from the root. */
export function readText(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** Every TypeScript file below a folder with what it imports. */
export function readSources(folder: string): SourceFile[] {
  return listFiles(folder, ".ts").map((path) => {
    const text = readText(path);
    return { path, lines: text.replace(/\n$/, "").split("\n").length, imports: parseImports(path, text) };
  });
}

// Formatted code begins every import statement at the start of a line, and names its module in double quotes.
const STATEMENT = /^(import|export)\s+(type\s+)?(?:(\{[^}]*\}|[\w$*,{}\s]+?)\s+from\s+)?"([^"]+)"/gm;
const EXPRESSION = /\bimport\(\s*"([^"]+)"/g;

/** What the text of a file imports; a list of nothing but inline `type` names counts as type-only. */
export function parseImports(path: string, text: string): SourceImport[] {
  const found: SourceImport[] = [];
  for (const [, verb, type, names, specifier = ""] of text.matchAll(STATEMENT)) {
    const inline = names?.startsWith("{") === true && names.slice(1, -1).split(",").every(isTypeNameOrNothing);
    found.push({ ...resolve(path, specifier), typeOnly: type !== undefined || inline, reExport: verb === "export" });
  }
  for (const [, specifier = ""] of text.matchAll(EXPRESSION)) {
    found.push({ ...resolve(path, specifier), typeOnly: false, reExport: false });
  }
  return found;
}

function isTypeNameOrNothing(name: string): boolean {
  return name.trim() === "" || name.trim().startsWith("type ");
}

function resolve(from: string, specifier: string): { readonly target: string; readonly ours: boolean } {
  if (!specifier.startsWith(".")) return { target: specifier, ours: false };
  return { target: normalize(join(dirname(from), specifier)).replace(/\.js$/, ".ts"), ours: true };
}
