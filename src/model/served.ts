/** Whether a request was served: what was refused or failed costs nothing by list price, and teaches nothing (in SQL: requests - errors). */
export function isServed(status: number): boolean {
  return status < 400;
}
