/** A share of requests that no caller reports, as people read it: 0.3 %, 12 %. */
export function missingText(share: number): string {
  const percent = 100 * Math.max(0, share);
  if (percent > 0 && percent < 0.01) return "less than 0.01 %";
  return `${percent.toLocaleString("en-US", { maximumSignificantDigits: 2 })} %`;
}
