/** A model's files -> its weights as a runner wants them, read anew each time, and what reading them tells of the model. */
import type { OpenedModel } from '../model/open-model.ts';
import { graphOf } from '../model/graph.ts';
import { fingerprintOf } from '../onnx/fingerprint.ts';
import { routesOf, type Routes } from '../tasks/route.ts';
import type { Dtype } from '../types.ts';
import type { LoadedWeights } from './runner.ts';

/** A model's files, and the probe that its devices are compared by. */
interface Probed {
  opened: OpenedModel;
  /** Its padding is the model's own, and changes sides if the graph wants it. */
  probe: LoadedWeights['probe'];
  /** Whether the probe's rows may be kept for later loads. */
  cache: boolean;
}

export class WeightsSource {
  readonly #probed: Probed;
  /** Of the weights that were read; `routes`: what their graph can be asked for. */
  dtype: Dtype = 'fp32';
  routes: Routes = {};
  /** Names what these weights answer to the probe. Null: it is not to be kept. */
  fingerprint: string | null = null;

  constructor(probed: Probed) {
    this.#probed = probed;
  }

  async load(signal?: AbortSignal): Promise<LoadedWeights> {
    const { opened, probe, cache } = this.#probed;
    const { spec, loadWeights, forgetWeights } = opened;
    const weights = await loadWeights(signal);
    this.dtype = weights.dtype;
    probe.padding.side = weights.outline.padsRight ? 'right' : spec.paddingSide;
    if (cache) this.fingerprint ??= await fingerprintOf(weights, probe.ids);
    return {
      ...weights,
      inputShape: { firstPosition: spec.firstPosition, kvHeads: spec.kvShape?.kvHeads ?? null, headDim: spec.kvShape?.headDim ?? null },
      graphOf: (all) => {
        const graph = graphOf(spec, all, weights.outline);
        this.routes = routesOf(spec, graph.outputs);
        return graph;
      },
      probe,
      forget: () => forgetWeights(weights),
    };
  }
}
