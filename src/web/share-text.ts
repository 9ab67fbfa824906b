/** A part of something in percent, never nothing where there is some. */
export function shareText(part: number, all: number): string {
  const share = all === 0 ? 0 : Math.min(1, part / all);
  return share < 0.01 ? "below 1 %" : `${Math.round(100 * share)} %`;
}
