/** Only the whole of a plain number may begin with a sign: `-2+3` is a formula. */
const NUMBER = /^-?\d+(\.\d+)?$/;
/** How spreadsheets tell formulas, also behind space and what is not seen; the wide forms are typed in East Asia. */
const FORMULA = /^[\s\p{Cc}\p{Default_Ignorable_Code_Point}]*[=+\-@＝＋－＠]/u;
/** Some spreadsheets part fields at semicolons and tabs as well, and would see a formula behind one. */
const TO_BE_QUOTED = /[",;\t\r\n]/;

/** A field of a line of CSV that a spreadsheet takes for text or a number, whatever it begins with. */
export function csvField(text: string): string {
  const isPlain = NUMBER.test(text) || (!FORMULA.test(text) && !/^[\t\r\n]/.test(text));
  const safe = isPlain ? text : `'${text}`;
  return TO_BE_QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
