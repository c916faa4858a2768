/** A load request with every default, but for the source, and what a source is opened with. */
import type { LoadRequest } from '../wire/protocol.ts';

export const base: Omit<LoadRequest, 'source'> = {
  name: 'm',
  servedModelName: null,
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

/** How a source of such a model is asked for. */
export const bare = { headers: {}, marker: 'config.json', isKept: () => Promise.resolve(false) };
