/** `providerOptions` of a call -> ours, every name known. */
import { readOptions } from '../../facade/options.ts';
import type { SdkCallOptions } from './call-types.ts';

/** Throws `invalid-option`. */
export function providerSettings<T extends object>(
  given: SdkCallOptions['providerOptions'],
  known: readonly (keyof T & string)[],
): Partial<T> {
  return readOptions<T>(given?.rockpool as T | undefined, known, 'providerOptions.rockpool');
}
