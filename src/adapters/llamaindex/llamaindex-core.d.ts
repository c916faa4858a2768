/**
 * What the adapter uses of `@llamaindex/core`, which is not among our development dependencies: npm calls it no longer maintained, and it brings an
 * older transformers.js beside the one that we compare with. `e2e/node/adapters.test.ts` compiles what is built of this against the package itself.
 */
declare module '@llamaindex/core/llms' {
  export type MessageContentDetail = { type: 'text'; text: string } | { type: 'image_url'; image_url: { url: string } };
  export type MessageContent = string | MessageContentDetail[];
}

declare module '@llamaindex/core/schema' {
  export enum MetadataMode {
    ALL = 'ALL',
    EMBED = 'EMBED',
    LLM = 'LLM',
    NONE = 'NONE',
  }
  export interface BaseNode {
    getContent(metadataMode: MetadataMode): string;
  }
  export interface NodeWithScore {
    node: BaseNode;
    score?: number | undefined;
  }
}

declare module '@llamaindex/core/embeddings' {
  import type { MessageContentDetail } from '@llamaindex/core/llms';
  export abstract class BaseEmbedding {
    /** Texts that `getTextEmbeddings` gets at a time. */
    embedBatchSize: number;
    protected constructor();
    abstract getTextEmbedding(text: string): Promise<number[]>;
    getQueryEmbedding(query: MessageContentDetail): Promise<number[] | null>;
    getTextEmbeddings: (texts: string[]) => Promise<number[][]>;
  }
}

declare module '@llamaindex/core/postprocessor' {
  import type { MessageContent } from '@llamaindex/core/llms';
  import type { NodeWithScore } from '@llamaindex/core/schema';
  export interface BaseNodePostprocessor {
    postprocessNodes(nodes: NodeWithScore[], query?: MessageContent): Promise<NodeWithScore[]>;
  }
}

declare module '@llamaindex/core/utils' {
  import type { MessageContent, MessageContentDetail } from '@llamaindex/core/llms';
  /** Null if it is no text. */
  export function extractSingleText(message: MessageContentDetail): string | null;
  /** Of several parts, the texts, joined. */
  export function extractText(message: MessageContent): string;
}
