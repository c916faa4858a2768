/** An LLM -> LlamaIndex.TS' node postprocessor: nodes in, the best of them out, best first, with their scores. */
import type { MessageContent } from '@llamaindex/core/llms';
import type { BaseNodePostprocessor } from '@llamaindex/core/postprocessor';
import { MetadataMode, type NodeWithScore } from '@llamaindex/core/schema';
import { extractText } from '@llamaindex/core/utils';
import { PoolingError } from '../../errors.ts';
import { readOptions, type EitherSpelling } from '../../facade/options.ts';
import { RERANK_OPTIONS } from '../../facade/pool-request.ts';
import { soundRanks } from '../../facade/sound-ranks.ts';
import type { RerankOptions } from '../../types.ts';
import { checked } from '../../facade/checked-llm.ts';
import type { RerankingLLM } from '../models.ts';

/** Besides: options of `LLM.rerank` for every call. `topN`: nodes that are kept. Default: all. */
export interface RockpoolRerankerParams extends RerankOptions {
  llm: RerankingLLM;
  /** What is scored of a node beside its text. Default `MetadataMode.EMBED`: the metadata that is embedded too. */
  metadataMode?: MetadataMode;
}

/** `new RetrieverQueryEngine(retriever, synthesizer, [new RockpoolReranker({ llm, topN: 3 })])`. Errors as `LLM.rerank`. */
export class RockpoolReranker implements BaseNodePostprocessor {
  readonly llm: RerankingLLM;
  readonly metadataMode: MetadataMode;
  readonly #options: RerankOptions;

  constructor(params: EitherSpelling<RockpoolRerankerParams>) {
    const known = [...RERANK_OPTIONS, 'llm', 'metadataMode'] as const;
    const { llm, metadataMode = MetadataMode.EMBED, ...options } = readOptions(params as RockpoolRerankerParams, known, 'RockpoolReranker');
    this.llm = checked(llm, 'rerank', 'RockpoolReranker');
    this.metadataMode = metadataMode;
    this.#options = options;
  }

  /** Throws `invalid-input` for nodes without a query. The nodes that are given are left as they are. */
  async postprocessNodes(nodes: NodeWithScore[], query?: MessageContent): Promise<NodeWithScore[]> {
    if (nodes.length === 0) return [];
    if (query === undefined) throw new PoolingError('invalid-input', 'RockpoolReranker needs the query that the nodes were found by.');
    const texts = nodes.map(({ node }) => node.getContent(this.metadataMode));
    const results = soundRanks(await this.llm.rerank(extractText(query), texts, this.#options), texts.length);
    return results.map(({ index, relevance_score }) => ({ ...nodes[index]!, score: relevance_score }));
  }
}
