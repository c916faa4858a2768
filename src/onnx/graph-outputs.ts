/** The outputs that an ONNX file declares -> those that pooling can use, and which of them is what. */
import type { GraphOutput } from '../shapes.ts';
import type { Dimension, GraphValue } from './graph-values.ts';

/**
 * Names that exporters give them, best known first. `last_hidden_state` is transformers', `token_embeddings` and `sentence_embedding` are
 * Sentence-Transformers', `dense_vecs` is BGE-M3's.
 */
const STATES = ['last_hidden_state', 'token_embeddings', 'hidden_states'];
const POOLED = ['sentence_embedding', 'dense_vecs'];
/** An embedding only where there are no states: beside them, BERT's `pooler_output` is the input of a head that was trained for something else. */
const POOLED_ALONE = ['text_embeds', 'pooler_output'];
const LOGITS = ['logits', 'scores'];
const KNOWN = [...STATES, ...POOLED, ...POOLED_ALONE, ...LOGITS];

/** The keys and values that a decoder hands to its next step. */
const CACHE = /^present/;

/**
 * Float tensors [batch, tokens, width], or [batch, tokens] if the graph says so; [batch, width], or [batch] for one value a text. Best known
 * names first. `width` is 0 where the graph does not tell it: the first run does.
 */
export function graphOutputs(values: readonly GraphValue[], tokenAxis: Dimension): GraphOutput[] {
  const outputs = values.flatMap(({ name, type, dims }): GraphOutput[] => {
    const isFloat = type === 'float32' || type === 'float16' || type === 'bfloat16';
    if (!isFloat || dims === null || CACHE.test(name)) return [];
    const last = dims.at(-1);
    const width = typeof last === 'number' ? last : 0;
    if (dims.length === 3) return [{ name, rows: 'token', width }];
    if (dims.length === 2)
      return [typeof last === 'string' && last === tokenAxis ? { name, rows: 'token', width: 1 } : { name, rows: 'text', width }];
    return dims.length === 1 ? [{ name, rows: 'text', width: 1 }] : [];
  });
  const place = ({ name }: GraphOutput) => (KNOWN.includes(name) ? KNOWN.indexOf(name) : KNOWN.length);
  return outputs.toSorted((a, b) => place(a) - place(b));
}

export interface ChosenOutputs {
  /** Token states: what is pooled. */
  states: GraphOutput | null;
  /** An embedding that the graph has pooled, and finished with whatever modules were exported with it. */
  pooled: GraphOutput | null;
  /** What the model's own head says, of a text or of each token. */
  logits: GraphOutput | null;
}

export function chooseOutputs(outputs: readonly GraphOutput[]): ChosenOutputs {
  const named = (names: readonly string[], rows?: GraphOutput['rows']) =>
    names.map((name) => outputs.find((output) => output.name === name && (rows ?? output.rows) === output.rows)).find((output) => output) ??
    null;
  // Two nameless ones could be anything: neither is taken. One value is a score or a weight, no state and no vector.
  const only = (rows: GraphOutput['rows']) => {
    const found = outputs.filter((output) => output.rows === rows && output.width !== 1 && !LOGITS.includes(output.name));
    return found.length === 1 ? found[0]! : null;
  };
  const states = named(STATES, 'token') ?? only('token');
  const pooled = named(POOLED, 'text') ?? (states === null ? (named(POOLED_ALONE, 'text') ?? only('text')) : null);
  return { states, pooled, logits: named(LOGITS) };
}
