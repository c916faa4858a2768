/** The timings of one query in, milliseconds by stage out, each with a sentence. They are rounded so that they add up to the total that is shown. */
import type { Device, Timings } from 'rockpool';

export interface Measured {
  tokens: number;
  timings: Timings;
  /** Call to answer, as the page saw it. */
  ms: number;
  /** Among the vectors, if there was a search. */
  search?: number;
  device: Device;
}

export interface TimingPart {
  name: string;
  ms: number;
  meaning: string;
}

export function timingParts({ timings, ms, search = 0, device }: Measured): TimingPart[] {
  const gpu = device === 'webgpu';
  // Tenths while they can be told apart from noise.
  const round = (value: number) => (ms < 100 ? Math.round(value * 10) / 10 : Math.round(value));
  const parts = [
    { name: 'tokenise', ms: timings.tokenize, meaning: 'Cutting your text into tokens, the pieces of words that the model knows.' },
    { name: 'wait', ms: timings.queue, meaning: 'Waiting until the device was free, for example for the batch of texts it was on.' },
    {
      name: 'model',
      ms: timings.infer,
      meaning: gpu
        ? 'Handing the work of the model to the GPU; the waiting for it counts under pool.'
        : 'The model itself: six layers, on the CPU.',
    },
    {
      name: 'pool',
      ms: timings.pool,
      meaning: gpu
        ? 'Waiting for the GPU, averaging the token vectors into one there, and reading the result back.'
        : 'What becomes of the vectors of all tokens: mostly their average, scaled to length 1.',
    },
    { name: 'search', ms: search, meaning: 'Comparing that vector with every vector that is indexed, one by one: exact, no shortcuts.' },
  ]
    .filter(({ name }) => name !== 'search' || search > 0)
    .map((part) => ({ ...part, ms: round(part.ms) }));
  const rest = round(round(ms + search) - sumOfParts(parts));
  // What the stages leave over is the way to the worker and back.
  return rest > 0
    ? [
        ...parts,
        {
          name: 'worker',
          ms: rest,
          meaning:
            'Handing the text to the background thread in which the model runs, and the answer back. It is what keeps the page smooth.',
        },
      ]
    : parts;
}

export const sumOfParts = (parts: readonly TimingPart[]): number => Math.round(parts.reduce((sum, part) => sum + part.ms, 0) * 10) / 10;
