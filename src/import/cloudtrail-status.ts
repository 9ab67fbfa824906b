/** Error codes by which AWS refuses for want of a right. */
const DENIED =
  /^(AccessDenied|AccessDeniedException|VpceAccessDenied|UnauthorizedOperation|UnauthorizedAccess|UnauthorizedException|AuthorizationError|AuthorizationErrorException|NotAuthorized|NotAuthorizedException|Forbidden\w*)$/;
/** Rates only: `VcpuLimitExceeded` and its like are quotas of what exists. */
const THROTTLED =
  /Throttl|^(RequestLimitExceeded|TooManyRequests(Exception)?|SlowDown|ProvisionedThroughputExceeded.*)$/;
/** Faults of the service, not of the caller. */
const UNAVAILABLE = /^ServiceUnavailable(Exception)?$/;
const FAULT = /^(Internal\w*|ServiceFailure\w*|Server(Exception|Internal\w*))$/;

/** The HTTP status that an error code of CloudTrail stands for; 200 where there is none. */
export function statusOfErrorCode(errorCode: string): number {
  const code = errorCode.replace(/^(Client|Server)\./, "");
  if (code === "") return 200;
  if (DENIED.test(code)) return 403;
  if (THROTTLED.test(code)) return 429;
  if (UNAVAILABLE.test(code)) return 503;
  return errorCode.startsWith("Server.") || FAULT.test(code) ? 500 : 400;
}
