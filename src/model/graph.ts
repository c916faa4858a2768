/** The outputs of a graph and the model's files -> each output's role with every width known, and what a device has to know to run it. */
import { PoolingError } from '../errors.ts';
import { architectureKind } from './architecture-kind.ts';
import { takesOneText } from '../onnx/graph-inputs.ts';
import { chooseOutputs, type ChosenOutputs } from '../onnx/graph-outputs.ts';
import type { ModelSpec } from './model-spec.ts';
import type { OnnxOutline } from '../onnx/onnx-outline.ts';
import type { GraphOutput } from '../shapes.ts';

/** What a device has to know of a model's graph. */
export interface ModelShape {
  /** Width of the hidden states. */
  hidden: number;
  /** Width of the widest output that has a row for each token. */
  widest: number;
  /** Rows must not share a batch: padding or neighbours would change them. */
  alone: boolean;
}

export interface Graph {
  outputs: ChosenOutputs;
  shape: ModelShape;
  /** The output that the self-check compares. */
  probed: GraphOutput;
}

/** `all`: the graph's outputs as the session gives them, with width 0 where nobody could tell. */
export function graphOf(spec: ModelSpec, all: readonly GraphOutput[], { quantizesActivations, inputs }: OnnxOutline): Graph {
  const { states, pooled, logits } = chooseOutputs(all);
  const outputs = {
    states: known(states, spec.hiddenSize),
    pooled: known(pooled, spec.embeddingSize),
    logits: known(logits, logitWidth(spec)),
  };
  const probed = outputs.states ?? outputs.pooled ?? outputs.logits;
  if (!probed) {
    const names = all.map(({ name }) => name).join(', ') || 'none';
    throw new PoolingError(
      'unsupported-model',
      `The ONNX model has no output that can be pooled: token states [batch, tokens, hidden], a pooled vector [batch, hidden] or logits. It has: ${names}. Use an export with last_hidden_state.`,
    );
  }
  checkLabels(spec, outputs.logits);
  // Rows that set each other's scale; a graph made for one text; a decoder's classifier that finds its last token by a padding id it does not have.
  const alone = quantizesActivations || takesOneText(inputs) || (outputs.logits?.rows === 'text' && !spec.hasPadToken);
  const widest = Math.max(...Object.values(outputs).map((output) => (output?.rows === 'token' ? output.width : 1)));
  return { outputs, shape: { hidden: spec.hiddenSize, widest, alone }, probed };
}

/** Where nobody could tell the width the files say it, and the first run shows whether that is true. */
function known(output: GraphOutput | null, width: number): GraphOutput | null {
  return output && output.width === 0 ? { ...output, width } : output;
}

/** A language model's logits are over its vocabulary, whatever is made of them. */
function logitWidth(spec: ModelSpec): number {
  return isLanguageModel(spec) || spec.kind === 'embed' ? spec.vocabSize : spec.numLabels;
}

function isLanguageModel({ architecture, tokenHead }: ModelSpec): boolean {
  return tokenHead !== null || architectureKind(architecture) === 'causal_lm';
}

/** Labels of another model would name the wrong classes, and choose the wrong activation. */
function checkLabels(spec: ModelSpec, logits: GraphOutput | null): void {
  const { name, kind, numLabels } = spec;
  // Rewards have no names, and of their columns only some may be asked for.
  if (!logits || numLabels === 0 || kind === 'reward' || isLanguageModel(spec) || logits.width === numLabels) return;
  throw new PoolingError(
    'unsupported-model',
    `The ONNX graph of "${name}" gives ${logits.width} logits, and config.json has ${numLabels} labels (id2label or num_labels): they are not of one model. hfOverrides can set them.`,
  );
}
