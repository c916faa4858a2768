/** An LLM -> LlamaIndex.TS' embedding model. Texts and nodes in, plain arrays of numbers in their order out. */
import { BaseEmbedding } from '@llamaindex/core/embeddings';
import type { MessageContentDetail } from '@llamaindex/core/llms';
import { extractSingleText } from '@llamaindex/core/utils';
import type { EitherSpelling } from '../../facade/options.ts';
import { readSettings, roleOptions, type Role, type RoleSettings } from '../embed-options.ts';
import { checked } from '../../facade/checked-llm.ts';
import type { EmbeddingLLM } from '../models.ts';

/** Besides: options of `LLM.embed` for every call. */
export interface RockpoolEmbeddingParams extends RoleSettings {
  llm: EmbeddingLLM;
  /** Texts that go to the LLM in one call, one call after the other, with LlamaIndex' progress after each. Default 64. */
  embedBatchSize?: number;
}

/** `Settings.embedModel = new RockpoolEmbedding({ llm })`. Errors as `LLM.embed`. */
export class RockpoolEmbedding extends BaseEmbedding {
  readonly llm: EmbeddingLLM;
  readonly #settings: RoleSettings;

  constructor(params: EitherSpelling<RockpoolEmbeddingParams>) {
    super();
    const own = ['llm', 'queryPromptName', 'documentPromptName', 'embedBatchSize'] as const;
    const given = readSettings(params as RockpoolEmbeddingParams, own, 'RockpoolEmbedding', ['promptName', 'prompt']);
    const { llm, embedBatchSize = 64, ...settings } = given;
    this.llm = checked(llm, 'embed', 'RockpoolEmbedding');
    this.embedBatchSize = embedBatchSize;
    this.#settings = settings;
  }

  /** A property, as in the base class, which calls it without `this`. */
  override getTextEmbeddings = (texts: string[]): Promise<number[][]> => this.#embed(texts, 'document');

  override async getTextEmbedding(text: string): Promise<number[]> {
    return (await this.#embed([text], 'document'))[0]!;
  }

  /** Null for a query without text. */
  override async getQueryEmbedding(query: MessageContentDetail): Promise<number[] | null> {
    const text = extractSingleText(query);
    return text ? (await this.#embed([text], 'query'))[0]! : null;
  }

  async #embed(texts: readonly string[], role: Role): Promise<number[][]> {
    const outputs = await this.llm.embed(texts, roleOptions(this.#settings, role, this.llm.info));
    return outputs.map(({ outputs: { embedding } }) => Array.from(embedding));
  }
}
