import { parse } from "yaml";
import { listFiles, readText } from "./source-tree.js";

/** Where the chart is. */
export const CHART = "docs/helm/plimsoll";

/** A template as text, without its comments, by its path. */
export const chartTemplates: readonly (readonly [path: string, text: string])[] = [".yaml", ".tpl", ".txt"]
  .flatMap((end) => listFiles(`${CHART}/templates`, end))
  .map((path) => [
    path,
    readText(path)
      .replaceAll(/^ *#.*$/gm, "")
      .replaceAll(/\{\{\/\*.*?\*\/\}\}/gs, ""),
  ]);

/** The values as the chart comes, with the name of a Secret, without which it cannot be installed. */
export function chartValues(): Record<string, unknown> & { readonly secret: Record<string, unknown> } {
  const values = parse(readText(`${CHART}/values.yaml`)) as Record<string, unknown> & {
    readonly secret: Record<string, unknown>;
  };
  return { ...values, secret: { ...values.secret, name: "plimsoll" } };
}
