/** SQL without comments and with every quoted text emptied, so that brackets, commas and semicolons are the statement's. */
export function withoutTexts(sql: string): string {
  return sql.replace(/'(?:[^'\\]|''|\\.)*'|--[^\n]*|\/\*[\s\S]*?\*\//g, (match) =>
    match.startsWith("'") ? "''" : " ",
  );
}

/** The columns, or "the table", that a CREATE TABLE leaves without a COMMENT. */
export function uncommented(sql: string): string[] {
  const bare = withoutTexts(sql);
  const create = /^\s*CREATE TABLE\b[^(]*\(/.exec(bare);
  if (create === null) return [];
  const parts = [""];
  let depth = 1;
  let at = create[0].length;
  for (; depth > 0 && at < bare.length; at++) {
    const sign = bare[at] ?? "";
    depth += sign === "(" ? 1 : sign === ")" ? -1 : 0;
    if (sign === "," && depth === 1) parts.push("");
    else parts.push(`${parts.pop()}${sign}`);
  }
  const columns = parts
    .map((part) => part.trim())
    .filter((part) => !/^(INDEX|PROJECTION|CONSTRAINT|PRIMARY KEY)\b/.test(part));
  const silent = columns.filter((column) => !/\bCOMMENT ''/.test(column)).map((column) => column.split(/\s/)[0] ?? "");
  return /\bCOMMENT ''/.test(bare.slice(at)) ? silent : [...silent, "the table"];
}
