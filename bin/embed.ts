/** `rockpool embed`: flags and files of texts -> a file of vectors, in the memory of a few batches, and the exit code. */
import { extname } from 'node:path';
import type { LLM } from '../src/edge.ts';
import type { EmbedOptions } from '../src/types.ts';
import { checkFree, checkInputs, checkOutput } from './check-paths.ts';
import { embedMeter } from './embed-meter.ts';
import { embedRecords, NO_TEXTS } from './embed-records.ts';
import { wrongUse } from './failure.ts';
import { commonFlags, embedFlags, modelFlags, type Values } from './flags.ts';
import type { Command } from './help.ts';
import { modelLoader } from './load-model.ts';
import { count } from './numbers.ts';
import { lockOutput } from './output-lock.ts';
import { parseFlags } from './parse-flags.ts';
import { openPart, type PartFile, type Run } from './part-file.ts';
import { readRecords, sizeOf } from './read-records.ts';
import { exitCodeOfSignal, onSignals, type Signal } from './signals.ts';
import { statusLine } from './status-line.ts';
import { stdoutSink } from './stdout-sink.ts';
import { FORMATS, jsonl, npy, safetensors, type FormatName, type VectorFormat } from './vector-formats.ts';

export const embedCommand: Command = {
  usage: 'embed MODEL [FILE …] [flags]',
  about:
    'Embeds every line of the files, or every record of JSON lines, into one file. Without a FILE, or for -, it reads stdin.\n' +
    'A run that was killed is gone on with by the same command: FILE.part and FILE.progress.json are what it has so far.\n' +
    'One run at a time writes an output: FILE.lock says which.',
  examples: [
    'rockpool embed ./models/all-MiniLM-L6-v2 texts.txt -o vectors.npy',
    'rockpool embed Snowflake/snowflake-arctic-embed-m-v1.5 docs.jsonl --field body --id-field id -o vectors.jsonl',
    'zcat texts.gz | rockpool embed ./models/all-MiniLM-L6-v2 --truncate -1 -o vectors.safetensors',
  ],
  groups: { Embedding: embedFlags, Model: modelFlags, Other: commonFlags },
};

const FLAGS = { ...embedFlags, ...modelFlags, ...commonFlags };
type EmbedValues = Values<typeof FLAGS>;

export async function embed(argv: readonly string[]): Promise<number> {
  const { values, positionals, ignored } = parseFlags(argv, FLAGS, 'rockpool embed');
  const [model, ...given] = positionals;
  if (model === undefined) throw wrongUse('Which model? rockpool embed MODEL [FILE …]');
  const files = given.length > 0 ? given : ['-'];
  checkInputs(files);
  const {
    output = '-',
    field = 'text',
    'id-field': idField = null,
    'input-format': inputFormat = null,
    'batch-size': batchSize = 64,
  } = values;
  const format = formatOf(values, output);
  const overwrite = values.overwrite === true;
  checkOutput(output, files);
  if (output !== '-') {
    // However this process ends, unless it is killed.
    process.once('exit', await lockOutput(output));
    checkFree(output, overwrite);
  }

  const status = statusLine(process.stderr);
  const isLive = status.isTerminal && !(output === '-' && process.stdout.isTTY);
  const step = isLive ? () => {} : status.print;
  const show = isLive ? status.show : () => {};
  if (ignored.length > 0) status.print(`Without an effect here: ${ignored.join(', ')}`);

  if (files.includes('-') && process.stdin.isTTY) status.print('Reading texts from the terminal, one a line. Ctrl-D ends them.');

  const stop = new AbortController();
  onSignals((signal) => stop.abort(signal));
  const { signal } = stop;
  let [to, llm, done]: [PartFile | null, LLM | null, number] = [null, null, 0];
  try {
    const load = await modelLoader(values, { show, step, log: ({ message }) => status.print(message) });
    llm = await load(model, { signal });
    const options = embedOptions(values);
    const probe = await probeOf(llm, options);
    const vectors = vectorFormat(format, values, llm);
    if (output === '-') to = stdoutSink(NO_TEXTS);
    else {
      const head = vectors.head(0, probe.length);
      to = await openPart(output, {
        run: runOf(values, format, llm),
        probe,
        head,
        overwrite,
        noTexts: NO_TEXTS,
      });
    }
    done = to.begin.done;
    if (done > 0) status.print(`Going on after ${count(done)} texts.`);
    const meter = embedMeter({ ...status, isTerminal: isLive, show }, sizeOf(files));
    const records = readRecords(files, { format: inputFormat, field, idField });
    const onVector = (now: number, { read }: { read: number }, tokens: number) => meter.update((done = now), read, tokens);
    await embedRecords({ llm, records, options, batchSize, format: vectors, dimensions: probe.length, to, signal, onVector });
    status.print(`${meter.total()}${output === '-' ? '' : `. ${output}: [${done}, ${probe.length}]`}`);
    return 0;
  } catch (error) {
    if (signal.aborted) {
      status.print(`Stopped after ${count(done)} texts.${output === '-' ? '' : ' The same command goes on.'}`);
      return exitCodeOfSignal(signal.reason as Signal);
    }
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return 141;
    throw error;
  } finally {
    await to?.close().catch(() => {});
    await llm?.dispose();
  }
}

const EXTENSIONS: Readonly<Record<string, FormatName>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.npy': 'npy',
  '.safetensors': 'safetensors',
};

function formatOf(values: EmbedValues, output: string): FormatName {
  const format = values.format ?? (output === '-' ? 'jsonl' : EXTENSIONS[extname(output).toLowerCase()]);
  if (!format) throw wrongUse(`Which format is ${output} to be? Pass --format ${FORMATS.join('|')}`);
  if (format === 'jsonl') return format;
  if (output === '-') throw wrongUse(`${format} needs --output FILE: its first bytes are written last.`);
  if (values['id-field'] !== undefined)
    throw wrongUse(`${format} has no place for ids: row i is text i. Leave --id-field out, or write jsonl.`);
  if (values['encoding-format'] !== undefined) throw wrongUse(`--encoding-format is for jsonl, and the output is ${format}.`);
  return format;
}

function vectorFormat(format: FormatName, values: EmbedValues, llm: LLM): VectorFormat {
  if (format === 'npy') return npy;
  if (format === 'jsonl') return jsonl(values['encoding-format'] ?? 'float');
  const { model, dtype, pooler } = llm.info;
  return safetensors({ model, dtype, pooling_type: pooler.pooling_type });
}

function embedOptions(values: EmbedValues): EmbedOptions {
  const { dimensions, normalize, prompt, truncate, 'prompt-name': promptName } = values;
  return {
    ...(prompt !== undefined && { prompt }),
    ...(promptName !== undefined && { promptName }),
    ...(truncate !== undefined && { truncatePromptTokens: truncate }),
    poolingParams: { dimensions: dimensions ?? null, normalize: normalize ?? null },
  };
}

/** Any text will do: it says how long vectors are, and by it a model is known again. */
async function probeOf(llm: LLM, options: EmbedOptions): Promise<Float32Array> {
  const [output] = await llm.embed('rockpool', { ...options, truncatePromptTokens: options.truncatePromptTokens ?? -1 });
  return output!.outputs.embedding;
}

/** Where there was no limit, no text was too long: then -1 cuts none of those that are done. The same is true of chunks. */
function runOf(values: EmbedValues, format: FormatName, { info }: LLM): Run {
  return {
    model: info.model,
    dtype: info.dtype,
    max_model_len: info.max_model_len,
    format,
    '--encoding-format': values['encoding-format'] ?? 'float',
    '--dimensions': values.dimensions ?? null,
    '--normalize': values.normalize ?? null,
    '--prompt-name': values['prompt-name'] ?? null,
    '--prompt': values.prompt ?? null,
    '--truncate': values.truncate ?? -1,
  };
}
