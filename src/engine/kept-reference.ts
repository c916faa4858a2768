/** The rows that WASM gave for the probe, kept from one load to the next under the fingerprint of the weights. */
import { readReference, writeReference } from '../files/reference-store.ts';
import type { RunnerOptions } from './runner.ts';
import type { WeightsSource } from './weights-source.ts';

export function keptReference(weights: Pick<WeightsSource, 'fingerprint'>): RunnerOptions['reference'] {
  return {
    async get({ output, dimensions }) {
      const { fingerprint } = weights;
      return fingerprint === null ? null : readReference(`${fingerprint} ${output.name}`, dimensions);
    },
    async put({ output }, rows) {
      const { fingerprint } = weights;
      if (fingerprint !== null) await writeReference(`${fingerprint} ${output.name}`, rows);
    },
  };
}
