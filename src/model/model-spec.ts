/** Everything that the pipeline has to know about a model. resolve-spec.ts makes it. */
import type { Activation, HeadLayer } from '../shapes.ts';
import type { PoolingType, ResolvedPooler, Task } from '../types.ts';
import type { ModelKind } from './architecture-kind.ts';
import type { SavedTemplate } from './saved-template.ts';
import type { TokenHead } from './token-head.ts';

export interface ModelSpec {
  /** In error texts. */
  name: string;
  /** What the model's source calls it, whatever it is served as. */
  sourceName: string;
  architecture: string;
  /** What it gives. A Pooling module makes it `embed`, whatever its class; a token head or a CrossEncoder's last Dense makes it `classify`. */
  kind: ModelKind;
  /** The one task that overridePoolerConfig allows. Null: all that `kind` does. */
  task: Task | null;
  /** Values of a token's state. */
  hiddenSize: number;
  /** Values of an embedding before the Matryoshka cut: after the head, or of all that poolers join. */
  embeddingSize: number;
  vocabSize: number;
  /** The id that padding gets. */
  padTokenId: number;
  /** config.json names a padding token. A decoder's classifier finds its last token by it, and without it must not be given padding. */
  hasPadToken: boolean;
  /** Most tokens in one window, special tokens included: the chunk size of long inputs. */
  maxModelLen: number;
  /** The row of a learned position table that a text's first token gets. */
  firstPosition: number;
  doLowerCase: boolean;
  paddingSide: 'left' | 'right';

  /** `pooling_type` is the first of `poolingTypes`. */
  pooler: ResolvedPooler;
  /** `token_embed`: rows have unit length. A late-interaction model's files say it; for others it is the task's default. */
  normalizeTokens: boolean;
  /** Several: their results are joined, one behind the other, and `dimensions` and the head take the whole. */
  poolingTypes: readonly PoolingType[];
  /** False: tokens of the prompt are left out of pooling. */
  includePrompt: boolean;
  /** Between pooling and the Matryoshka cut; over each token's row for late interaction. A Normalize at the end is `pooler.normalize`. */
  head: readonly HeadLayer[];
  /** A vector for each token, compared by MaxSim. `poolingTypes` is ALL. */
  lateInteraction: boolean;
  /** STEP. Null: all rows, all columns. */
  stepTagId: number | null;
  returnedTokenIds: readonly number[] | null;

  /** Columns of the logits. 0 for `embed` and `causal_lm`. */
  numLabels: number;
  /** Names of the columns. Null: they have none. */
  labels: readonly string[] | null;
  /** What makes probabilities of logits, for requests that want that. */
  classifierActivation: Activation;
  /** Whether requests that do not say want it. */
  useActivation: boolean;
  /** Logits x become (x - logitMean) / logitSigma before the activation. Null: 0 and 1. */
  logitMean: number | null;
  logitSigma: number | null;
  /** The graph's logits are over the vocabulary, and these tokens' are the verdict. Query and document then make one text. */
  tokenHead: TokenHead | null;
  /** The files' own template of a pair. Null: they have none. */
  scoreTemplate: SavedTemplate | null;

  /** Texts that go before a prompt, by name, and the name for requests that give none. */
  prompts: Readonly<Record<string, string>>;
  defaultPromptName: string | null;
  /** Names of the values of the graph's `task_id`. Null: it has no adapters. */
  taskAdapters: readonly string[] | null;
  /** Index of the adapter for requests that name none. */
  defaultAdapter: number | null;
  /** Heads and width of a decoder's `past_key_values.*` inputs. Null: config.json does not say. */
  kvShape: { kvHeads: number; headDim: number } | null;

  /** For requests that name none. Null: the full size. */
  defaultDimensions: number | null;
  enableChunkedProcessing: boolean;
  /** Null: not set. */
  maxEmbedLen: number | null;
  isMatryoshka: boolean;
  matryoshkaDimensions: number[] | null;
}
