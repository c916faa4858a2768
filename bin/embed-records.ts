/** Records, an LLM and a place for vectors -> all of them embedded and written, batch by batch; what an earlier run did is left out. */
import { createHash } from 'node:crypto';
import type { LLM } from '../src/edge.ts';
import type { EmbedOptions } from '../src/types.ts';
import { Failure } from './failure.ts';
import type { PartFile } from './part-file.ts';
import type { InputRecord } from './read-records.ts';
import type { VectorFormat } from './vector-formats.ts';

interface Job {
  llm: LLM;
  records: AsyncIterable<InputRecord>;
  options: EmbedOptions;
  batchSize: number;
  format: VectorFormat;
  dimensions: number;
  to: PartFile;
  signal: AbortSignal;
  onVector(done: number, record: InputRecord, tokens: number): void;
}

/** SHA-256 of no texts. */
export const NO_TEXTS = createHash('sha256').digest('hex');

/** Number of vectors in all. */
export async function embedRecords({ llm, records, options, batchSize, format, dimensions, to, signal, onVector }: Job): Promise<number> {
  const hash = createHash('sha256');
  const digest = () => hash.copy().digest('hex');
  const hashed = ({ id, text }: InputRecord) => hash.update(`${JSON.stringify([id ?? null, text])}\n`);
  /** Given to the engine, and not answered yet. */
  const pending: InputRecord[] = [];
  let done = 0;

  async function* texts(): AsyncGenerator<string, void, undefined> {
    for await (const record of records) {
      if (done < to.begin.done) {
        hashed(record);
        if (++done === to.begin.done) checkTexts(digest(), to.begin.texts);
        continue;
      }
      pending.push(record);
      yield record.text;
    }
    if (done < to.begin.done)
      throw new Failure(1, `The input has ${done} texts, and ${to.begin.done} are embedded already. Begin anew with --overwrite.`);
  }

  let batch: Uint8Array[] = [];
  const write = async () => {
    if (batch.length > 0) await to.append(Buffer.concat(batch), { done, texts: digest() });
    batch = [];
  };
  try {
    for await (const { outputs, prompt_token_ids } of llm.embedStream(texts(), { ...options, window: batchSize, signal })) {
      const record = pending.shift()!;
      hashed(record);
      batch.push(format.vector({ index: done++, id: record.id, embedding: outputs.embedding, tokens: prompt_token_ids.length }));
      // As it was given to the engine: a run that goes on here makes the same batches, and so the same bits.
      if (batch.length === batchSize) await write();
      onVector(done, record, prompt_token_ids.length);
    }
  } catch (error) {
    throw await withPlace(error, pending, llm, options);
  }
  await write();
  await to.finish(format.head(done, dimensions));
  return done;
}

function checkTexts(now: string, before: string): void {
  if (now === before) return;
  throw new Failure(1, 'The texts that are embedded already are not those that the input begins with. Begin anew with --overwrite.');
}

/** A call is refused as a whole: one by one, the text shows itself. */
async function withPlace(error: unknown, batch: readonly InputRecord[], llm: LLM, options: EmbedOptions): Promise<unknown> {
  if (!isOfText(error)) return error;
  for (const { text, place } of batch) {
    const cause: unknown = await llm.embed(text, options).then(
      () => null,
      (own: unknown) => own,
    );
    if (!isOfText(cause)) continue;
    const hint =
      cause.code === 'input-too-long'
        ? ' --truncate -1 cuts such texts; --pooler-config.enable_chunked_processing true reads all of them.'
        : '';
    return new Failure(1, `${place}: ${cause.message}${hint}`, { cause });
  }
  return error;
}

function isOfText(error: unknown): error is { code: string; message: string } {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === 'input-too-long' || code === 'invalid-input' || code === 'non-finite-output';
}
