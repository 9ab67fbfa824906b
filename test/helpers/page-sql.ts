const ENTITIES = { "&#39;": "'", "&gt;": ">", "&lt;": "<", "&quot;": '"', "&amp;": "&" } as const;

/** The SQL that a page shows to be copied, by the id of its element. */
export function sqlOf(page: string): ReadonlyMap<string, string> {
  const shown = [...page.matchAll(/<pre id="((?:sql-[a-z]+)|query)">(.*?)<\/pre>/gs)];
  return new Map(
    shown.map(([, id, text]) => [
      id!,
      text!.replaceAll(/&(?:#39|gt|lt|quot|amp);/g, (entity) => ENTITIES[entity as keyof typeof ENTITIES]),
    ]),
  );
}
