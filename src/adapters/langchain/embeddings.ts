/** An LLM -> LangChain's Embeddings. Texts in, plain arrays of numbers in their order out. */
import { Embeddings, type EmbeddingsParams } from '@langchain/core/embeddings';
import type { EitherSpelling } from '../../facade/options.ts';
import { readSettings, roleOptions, type Role, type RoleSettings } from '../embed-options.ts';
import { isPassing } from '../failures.ts';
import { inGroups } from '../groups.ts';
import { checked } from '../../facade/checked-llm.ts';
import type { EmbeddingLLM } from '../models.ts';

/** Besides: options of `LLM.embed` for every call, and LangChain's `maxConcurrency`, `maxRetries` and `onFailedAttempt`. */
export interface RockpoolEmbeddingsParams extends RoleSettings, EmbeddingsParams {
  llm: EmbeddingLLM;
  /** Documents that go to the LLM in one call. Default Infinity: batches are made where the device is. */
  batchSize?: number;
  /** Tries after the first, each later than the one before. Default 2, and only where a try may help: not for a caller's mistake. */
  maxRetries?: number;
}

/** `new RockpoolEmbeddings({ llm })`, for vector stores and retrievers. Errors as `LLM.embed`. */
export class RockpoolEmbeddings extends Embeddings {
  readonly llm: EmbeddingLLM;
  readonly batchSize: number;
  readonly #settings: RoleSettings;

  constructor(params: EitherSpelling<RockpoolEmbeddingsParams>) {
    const own = ['llm', 'queryPromptName', 'documentPromptName', 'batchSize', 'maxConcurrency', 'maxRetries', 'onFailedAttempt'] as const;
    const given = readSettings(params as RockpoolEmbeddingsParams, own, 'RockpoolEmbeddings', ['promptName', 'prompt']);
    const { llm, batchSize = Infinity, maxConcurrency, maxRetries = 2, onFailedAttempt = giveUp, ...settings } = given;
    super({ ...(maxConcurrency !== undefined && { maxConcurrency }), maxRetries, onFailedAttempt });
    this.llm = checked(llm, 'embed', 'RockpoolEmbeddings');
    this.batchSize = batchSize;
    this.#settings = settings;
  }

  /** One vector a text, as long as a query's. */
  override async embedDocuments(documents: string[]): Promise<number[][]> {
    const groups = inGroups(documents, this.batchSize);
    return (await Promise.all(groups.map((group) => this.#embed(group, 'document')))).flat();
  }

  override async embedQuery(query: string): Promise<number[]> {
    return (await this.#embed([query], 'query'))[0]!;
  }

  async #embed(texts: readonly string[], role: Role): Promise<number[][]> {
    const options = roleOptions(this.#settings, role, this.llm.info);
    const outputs = await this.caller.call(() => this.llm.embed(texts, options));
    return outputs.map(({ outputs: { embedding } }) => Array.from(embedding));
  }
}

function giveUp(error: unknown): void {
  if (!isPassing(error)) throw error;
}
