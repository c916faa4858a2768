/** A model's way to an embedding and a linear head -> the way to the head's classes. */
import type { LinearHead } from '../model/linear-head.ts';
import type { HeadLayer } from '../shapes.ts';
import type { Route } from './route.ts';

export function headRoute(embed: Route, { labels, activation, normalize, dimensions, layers }: LinearHead): Route {
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
