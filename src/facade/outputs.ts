/** The flat buffers of a call -> one output a prompt, in vLLM's shapes. */
import type { ClassificationOutput, EmbeddingOutput, PoolingOutput, PoolingRequestOutput, TokenClassificationOutput } from '../types.ts';
import type { PoolResult } from '../wire/protocol.ts';

/** The rows of one prompt. */
export interface Pooled extends PoolingOutput {
  /** Names of the columns, if they are classes that have names. */
  classes: readonly string[] | null;
}

/** Each output has buffers of its own: a view would keep all others alive, and be cut off when one of them is transferred on. */
export function outputsOf(
  { data, shapes, ids, idCounts, labels, offsets }: PoolResult,
  nextId: () => string,
): (Omit<PoolingRequestOutput<never>, 'outputs'> & { pooled: Pooled })[] {
  const alone = shapes.length === 1;
  let row = 0;
  let id = 0;
  return shapes.map((shape, i) => {
    const rows = alone ? data : data.slice(row, (row += shape[0] * shape[1]));
    const prompt_token_ids = alone ? ids : ids.slice(id, (id += idCounts[i]!));
    const pooled = { data: rows, shape, offsets: offsets[i] ?? null, classes: labels };
    return { request_id: nextId(), pooled, prompt_token_ids, finished: true as const };
  });
}

export function embeddingOf({ data, shape }: Pooled): EmbeddingOutput {
  return { embedding: data, hidden_size: shape[1] };
}

export function poolingOf({ data, shape, offsets }: Pooled): PoolingOutput {
  return { data, shape, offsets };
}

export function classificationOf({ data, classes }: Pooled): ClassificationOutput {
  return { probs: data, num_classes: data.length, label: classes?.[largest(data)] ?? null };
}

export function tokenClassesOf(pooled: Pooled): TokenClassificationOutput {
  const { data, shape, classes } = pooled;
  const [rows, columns] = shape;
  const best = (row: number) => classes![largest(data.subarray(row * columns, (row + 1) * columns))]!;
  return { ...poolingOf(pooled), labels: classes && Array.from({ length: rows }, (_, row) => best(row)) };
}

/** Index of the first of the largest values. */
function largest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
