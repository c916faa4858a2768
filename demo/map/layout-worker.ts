/** Runs the layout beside the page. */
import { layOut } from './layout.ts';
import type { VectorRows } from '../vectors/forms.ts';

addEventListener('message', ({ data }: MessageEvent<VectorRows>) => {
  const layout = layOut(data);
  postMessage(layout, { transfer: [layout.places.buffer] });
});
