/** A model's way to an embedding and a linear head -> the way to the head's classes. */
import { PoolingError } from '../errors.ts';
import type { LinearHead } from '../model/linear-head.ts';
import type { HeadLayer } from '../shapes.ts';
import type { Route } from './route.ts';

/** `name` is the caller's for the head, `encoder` that of the model. */
export function headRoute(embed: Route, head: LinearHead, name: string, encoder: string): Route {
  const { labels, activation, normalize, dimensions, layers } = head;
  checkWidth(embed.width, head, name, encoder);
  const cut: HeadLayer[] = dimensions === null ? [] : [{ kind: 'cut', dimensions }];
  const unit: HeadLayer[] = normalize ? [{ kind: 'normalize' }] : [];
  return {
    ...embed,
    head: [...embed.head, ...cut, ...unit, ...layers],
    width: labels.length,
    normalize: false,
    activation,
    activated: true,
    labels,
  };
}

/** Vectors of another model may have the same width by chance; those of another width are another model's for sure. */
function checkWidth(width: number, { dimensions, layers, model }: LinearHead, name: string, encoder: string): void {
  const [{ inputs }] = layers;
  if (dimensions === null ? inputs === width : dimensions <= width) return;
  const trainedOn = model === null ? 'Load it with the encoder it was trained on' : `It was trained on ${model}`;
  throw new PoolingError(
    'model-file-invalid',
    `The head "${name}" takes embeddings of ${inputs} values, and those of "${encoder}" have ${width}. ${trainedOn}.`,
  );
}
