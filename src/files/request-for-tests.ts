/** A load request with every default, but for the source. */
import type { LoadRequest } from '../wire/protocol.ts';

export const base: Omit<LoadRequest, 'source'> = {
  name: 'm',
  device: 'wasm',
  dtype: null,
  cache: true,
  integrity: {},
  headers: {},
  overridePoolerConfig: {},
  hfOverrides: {},
  heads: {},
  maxModelLen: null,
  selfCheck: true,
  threads: null,
  wasmPath: null,
};
