/** A model's files -> its weights as a runner wants them, read anew each time, and what reading them tells of the model. */
import type { OpenedModel } from '../model/open-model.ts';
import { graphOf } from '../model/graph.ts';
import { fingerprintOf } from '../onnx/fingerprint.ts';
import type { Padding } from '../pipeline/batch.ts';
import { routesOf, type Routes } from '../tasks/route.ts';
import type { Dtype } from '../types.ts';
import type { LoadedWeights } from './runner.ts';

interface Options {
  opened: OpenedModel;
  /** What the devices are compared by. */
  probeIds: Int32Array;
  /** Whether the probe's rows may be kept for later loads. */
  cache: boolean;
}

export class WeightsSource {
  readonly #options: Options;
  /** Of the weights that were read, so not to be asked for before. `routes`: what their graph can be asked for. */
  dtype: Dtype = 'fp32';
  routes: Routes = {};
  /** A graph may want another side than the tokenizer's files say. */
  padding: Padding;
  /** Names what these weights answer to the probe. Null: it is not to be kept. */
  fingerprint: string | null = null;

  constructor(options: Options) {
    this.#options = options;
    const { padTokenId, paddingSide } = options.opened.spec;
    this.padding = { id: padTokenId, side: paddingSide };
  }

  async load(signal?: AbortSignal): Promise<LoadedWeights> {
    const { opened, probeIds, cache } = this.#options;
    const { spec, loadWeights, forgetWeights } = opened;
    const weights = await loadWeights(signal);
    this.dtype = weights.dtype;
    this.padding = { id: spec.padTokenId, side: weights.outline.padsRight ? 'right' : spec.paddingSide };
    if (cache) this.fingerprint ??= await fingerprintOf(weights, probeIds);
    return {
      ...weights,
      inputShape: { firstPosition: spec.firstPosition, kvHeads: spec.kvShape?.kvHeads ?? null, headDim: spec.kvShape?.headDim ?? null },
      graphOf: (all) => {
        const graph = graphOf(spec, all, weights.outline);
        this.routes = routesOf(spec, graph.outputs);
        return graph;
      },
      probe: { ids: probeIds, padding: this.padding, adapter: spec.defaultAdapter },
      forget: () => forgetWeights(weights),
    };
  }
}
