/** What the page knows of its models before a byte of them is there: where they lie beside the page, what they are for, sizes, licences. */
export interface ModelCard {
  path: string;
  name: string;
  /** All files that a load reads. */
  bytes: number;
  licence: string;
  /** One line: what it turns into what. */
  what: string;
  /** Linear classifiers over its vectors, loaded with it. */
  heads?: Readonly<Record<string, string>>;
  /** Texts longer than the model are cut into chunks, and one vector is made of them. */
  chunked?: boolean;
}

export const sectionsHead = 'debian-sections';

export const modelCards = {
  embedder: {
    path: 'models/all-MiniLM-L6-v2',
    name: 'all-MiniLM-L6-v2',
    bytes: 26_588_000,
    licence: 'Apache-2.0',
    what: 'A text becomes 384 numbers. With a small head that tells the section of a Debian package.',
    heads: { [sectionsHead]: 'models/heads/debian-sections' },
    chunked: true,
  },
  reranker: {
    path: 'models/debian-reranker',
    name: 'debian-reranker',
    bytes: 27_138_000,
    licence: 'Apache-2.0',
    what: 'A query and a text, read together, become one score.',
  },
} as const satisfies Record<string, ModelCard>;

/** Of onnxruntime-web's WebAssembly: the one with WebGPU, or the smaller one without. */
export type Runtime = 'webgpu' | 'wasm';

/** Which of them a load takes. */
export const runtimeFor = (device: 'auto' | 'webgpu' | 'wasm'): Runtime => (device !== 'wasm' && 'gpu' in navigator ? 'webgpu' : 'wasm');

/** Its bytes as it is, and as a server sends them that compresses. */
export const runtimeBytes = (device: 'auto' | 'webgpu' | 'wasm'): { whole: number; compressed: number } =>
  runtimeFor(device) === 'webgpu' ? { whole: 26_800_000, compressed: 6_700_000 } : { whole: 14_200_000, compressed: 3_700_000 };
