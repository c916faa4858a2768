/** An answer that the handler has no part in: 503, in the shape of its errors. */
import { errorResponse, unavailable } from '../src/server/http-error.ts';
import { requestIdOf } from '../src/server/request-id.ts';

export function refusal(request: Request, message: string): Response {
  const response = errorResponse(unavailable(message));
  response.headers.set('X-Request-Id', requestIdOf(request));
  return response;
}
