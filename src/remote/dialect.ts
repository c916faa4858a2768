/** What a server is, as far as calls need to know it: types only. The files in dialects/ make it of what the server says of itself. */
import type { Dtype, PoolingParams, PoolingType, PoolTask, Task, TokenizeOutput } from '../types.ts';
import type { PoolRequest, ScoreRequest } from '../wire/protocol.ts';
import type { Server } from './ask.ts';
import type { Option } from './asked.ts';
import type { ResolvedRemote } from './remote-options.ts';

/** Text, or token ids where the route takes them. */
export type Input = string | readonly number[];

/** The rows of one input. */
export interface Item {
  data: Float32Array;
  /** [rows, columns]. */
  shape: [number, number];
  /** Names of its columns, as far as the answer has them. */
  labels?: readonly (string | undefined)[];
}

export type PoolAsked = Pick<
  PoolRequest,
  'task' | 'truncatePromptTokens' | 'truncationSide' | 'promptName' | 'prompt' | 'head' | 'addSpecialTokens' | 'priority'
> & { params: PoolingParams };

export interface PoolRoute {
  path: string;
  takes: readonly Option[];
  takesIds: boolean;
  body(inputs: readonly Input[], asked: PoolAsked): object;
  read(answer: unknown, count: number): Item[];
}

export interface ScoreRoute {
  path: string;
  takes: readonly Option[];
  /** Whether a request may have a query for each document. Else it has one for all. */
  pairs: boolean;
  /** One query, or as many as documents. */
  body(queries: readonly string[], documents: readonly string[], asked: ScoreRequest): object;
  /** In the order of the documents. */
  read(answer: unknown, count: number): Float32Array;
}

export interface TokenizeRoute {
  path: string;
  body(text: string, addSpecialTokens: boolean): object;
  read(answer: unknown): TokenizeOutput;
}

export interface DetokenizeRoute {
  path: string;
  body(ids: readonly number[]): object;
  read(answer: unknown): string;
}

/** A server and its model. */
export interface Served {
  /** "vLLM 0.33.1". */
  title: string;
  model: string;
  maxInputs: number;
  /** Infinity: it does not say. */
  maxModelLen: number;
  dtype: Dtype | null;
  pooling: PoolingType | null;
  labels: readonly string[] | null;
  /** What it writes before texts, by names, and the name that is usual. Left out: it does not say. */
  prompts?: Readonly<Record<string, string>>;
  defaultPromptName?: string | null;
  /** What a caller should know, and would not find out. */
  warnings: readonly string[];
  pool: Partial<Record<PoolTask, PoolRoute>>;
  /** `cosine`: of two embeddings, here. */
  score: ScoreRoute | 'cosine' | null;
  tokenize: TokenizeRoute | null;
  detokenize: DetokenizeRoute | null;
}

/** Null: the server is not of this dialect. */
export type Dialect = (server: Server, options: ResolvedRemote, signal: AbortSignal) => Promise<Served | null>;

/** By default, of a model that embeds and one that does not. */
export function tasksOf({ pool, score }: Pick<Served, 'pool' | 'score'>): Task[] {
  return [...(Object.keys(pool) as PoolTask[]), ...(score ? (['score'] as const) : [])];
}
