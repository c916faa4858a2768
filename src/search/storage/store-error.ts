/** What the browser's storage throws -> an error with a code. */
import { asPoolingError, PoolingError } from '../../errors.ts';

export function asStoreError(error: unknown): PoolingError {
  switch (error instanceof Error || error instanceof DOMException ? error.name : '') {
    case 'QuotaExceededError':
      return new PoolingError(
        'storage-full',
        'There is no room left for this index. What was stored before is whole; make room and go on.',
        {
          cause: error,
        },
      );
    case 'VersionError':
      return new PoolingError('index-invalid', 'The indexes of this origin were stored by a newer version of rockpool. Use that one.', {
        cause: error,
      });
    default:
      return asPoolingError(error, 'storage-unavailable', 'The browser’s storage failed');
  }
}
