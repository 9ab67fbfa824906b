import { stringify } from "csv-stringify/sync";

/** Only the whole of a plain number may begin with a sign: `-2+3` is a formula. */
const NUMBER = /^-?\d+(\.\d+)?$/;
/** How spreadsheets tell formulas, also behind space and what is not seen; the wide forms are typed in East Asia. */
const FORMULA = /^[\s\p{Cc}\p{Default_Ignorable_Code_Point}]*[=+\-@＝＋－＠]/u;
/** Some spreadsheets part fields at semicolons and tabs as well, and would see a formula behind one. */
const OTHER_BOUNDS = /[;\t]/;

const withoutFormula = (text: string) =>
  NUMBER.test(text) || (!FORMULA.test(text) && !/^[\t\r\n]/.test(text)) ? text : `'${text}`;

/** CSV after RFC 4180, the last line without a break, of which a spreadsheet takes each field for text or a number, whatever it begins with. */
export function csvText(rows: readonly (readonly (string | number)[])[]): string {
  return stringify([...rows], {
    record_delimiter: "windows",
    eof: false,
    quote_record_delimiter: true,
    quoted_match: OTHER_BOUNDS,
    cast: { string: withoutFormula },
  });
}
