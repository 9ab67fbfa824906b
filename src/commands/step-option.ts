import { InvalidArgumentError } from "commander";

/** Minutes between checks as an option: `1m`, `15`, `1h`. @throws InvalidArgumentError for what does not divide an hour */
export function step(text: string): number {
  const [, digits, unit] = /^([1-9]\d{0,2})(m|h|)$/.exec(text) ?? [];
  const minutes = Number(digits) * (unit === "h" ? 60 : 1);
  if (60 % minutes === 0) return minutes;
  throw new InvalidArgumentError(
    "It must be minutes that divide an hour: 1m, 2m, 3m, 4m, 5m, 6m, 10m, 12m, 15m, 20m, 30m, 60m.",
  );
}
