/**
 * The scene in, a canvas out that one can move about in: drag, wheel, two fingers, or the keyboard (arrows from point to point, with Shift
 * to move the map, + and − to zoom, 0 for the whole). Says what was picked and what the lasso enclosed.
 */
import { el } from '../ui/dom.ts';
import { panBy, toMap, toScreen, whole, zoomAt } from './camera.ts';
import type { Camera, Point, Size } from './camera.ts';
import { draw } from './draw.ts';
import type { Scene } from './draw.ts';
import { placeOf, pointAt, pointsInside, pointTowards } from './pick.ts';

export interface MapCanvas {
  element: HTMLCanvasElement;
  show(scene: Omit<Scene, 'hovered' | 'lasso'>): void;
  setLasso(on: boolean): void;
  zoom(factor: number): void;
  reset(): void;
  /** Moves the map if this point is out of sight. */
  reveal(index: number): void;
  /** Points that are seen now. */
  inSight(): number[];
}

export interface MapEvents {
  onPick(index: number, byKey: boolean): void;
  onEnclose(indices: number[]): void;
  onEscape(): void;
}

const arrows: Record<string, Point> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};
/** Pixels within which a point is meant, and beyond which a press is a drag. */
const reach = 16;
const slop = 4;

export function createMapCanvas(events: MapEvents): MapCanvas {
  const canvas = el('canvas', {
    class: 'map',
    tabindex: 0,
    role: 'application',
    'aria-label': 'Map of the packages',
    'aria-describedby': 'map-keys',
    'data-testid': 'map',
  });
  let camera: Camera = whole;
  let scene: Scene | null = null;
  let lassoOn = false;
  let frame = 0;
  const pointers = new Map<number, Point>();
  let press: { at: Point; lasso: boolean; moved: boolean } | null = null;

  const size = (): Size => ({ width: canvas.clientWidth, height: canvas.clientHeight });
  const paint = () => {
    const { width, height } = size();
    if (!scene || width === 0) return;
    canvas.width = Math.round(width * devicePixelRatio);
    canvas.height = Math.round(height * devicePixelRatio);
    const context = canvas.getContext('2d')!;
    context.scale(devicePixelRatio, devicePixelRatio);
    draw(context, camera, { width, height }, scene);
  };
  const redraw = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(paint);
    canvas.style.touchAction = camera.zoom > 1 || lassoOn ? 'none' : 'pan-y'; // a map that cannot move must not hold up the page
  };
  const move = (next: Camera) => {
    camera = next;
    redraw();
  };
  const change = (part: Partial<Scene>) => {
    if (scene) scene = { ...scene, ...part };
    redraw();
  };
  const middle = (): Point => ({ x: size().width / 2, y: size().height / 2 });
  const pointUnder = (at: Point) => {
    if (!scene) return -1;
    const place = toMap(camera, size(), at);
    return pointAt(scene.places, place, toMap(camera, size(), { x: at.x + reach, y: at.y }).x - place.x);
  };
  const spotOf = (event: MouseEvent): Point => ({ x: event.offsetX, y: event.offsetY });

  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, spotOf(event));
    press = { at: spotOf(event), lasso: lassoOn || event.shiftKey, moved: pointers.size > 1 };
  });
  canvas.addEventListener('pointermove', (event) => {
    const [before, now] = [pointers.get(event.pointerId), spotOf(event)];
    if (!before || !press) {
      const hovered = pointUnder(now);
      return change({ hovered: hovered < 0 ? null : hovered });
    }
    if (Math.hypot(now.x - press.at.x, now.y - press.at.y) > slop) press.moved = true;
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    pointers.set(event.pointerId, now);
    if (!press.moved) return;
    if (other) {
      const far = (point: Point) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
      move(zoomAt(camera, size(), other, far(now) / far(before)));
    } else if (press.lasso && scene) change({ lasso: [...scene.lasso, toMap(camera, size(), now)] });
    else move(panBy(camera, size(), { x: now.x - before.x, y: now.y - before.y }));
  });
  const end = (event: PointerEvent) => {
    if (!pointers.delete(event.pointerId) || !press || pointers.size > 0 || !scene) return;
    const { lasso, moved } = press;
    press = null;
    if (event.type === 'pointercancel') return change({ lasso: [] });
    if (lasso && scene.lasso.length > 2) {
      const enclosed = pointsInside(scene.places, scene.lasso);
      change({ lasso: [] });
      events.onEnclose(enclosed);
    } else if (!moved) {
      const picked = pointUnder(spotOf(event));
      if (picked >= 0) events.onPick(picked, false);
    }
  };
  canvas.addEventListener('pointerup', end);
  canvas.addEventListener('pointercancel', end);
  canvas.addEventListener('pointerleave', () => change({ hovered: null }));
  canvas.addEventListener(
    'wheel',
    (event) => {
      // The page scrolls on until the map was clicked, or Ctrl says that it is meant.
      if (!event.ctrlKey && document.activeElement !== canvas) return;
      event.preventDefault();
      move(zoomAt(camera, size(), spotOf(event), Math.exp(-event.deltaY / 300)));
    },
    { passive: false },
  );
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !scene) return;
    const arrow = arrows[event.key];
    if (arrow && event.shiftKey) move(panBy(camera, size(), { x: -80 * arrow.x, y: -80 * arrow.y }));
    else if (arrow) events.onPick(scene.picked === null ? nearestToMiddle() : pointTowards(scene.places, scene.picked, arrow), true);
    else if (event.key === '+' || event.key === '=') zoom(1.5);
    else if (event.key === '-') zoom(1 / 1.5);
    else if (event.key === '0') move(whole);
    else if (event.key === 'Escape') events.onEscape();
    else return;
    event.preventDefault();
  });
  const nearestToMiddle = () => Math.max(0, pointAt(scene!.places, toMap(camera, size(), middle()), Infinity));
  const zoom = (factor: number) => {
    const picked = scene?.picked ?? null;
    const at = picked === null ? middle() : toScreen(camera, size(), placeOf(scene!.places, picked));
    move(zoomAt(camera, size(), at, factor));
  };
  new ResizeObserver(redraw).observe(canvas);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);

  return {
    element: canvas,
    show(next) {
      scene = { hovered: null, lasso: [], ...(scene && { hovered: scene.hovered, lasso: scene.lasso }), ...next };
      redraw();
    },
    setLasso(on) {
      lassoOn = on;
      canvas.classList.toggle('lassoing', on);
      redraw();
    },
    zoom,
    reset: () => move(whole),
    reveal(index) {
      if (!scene) return;
      const { x, y } = toScreen(camera, size(), placeOf(scene.places, index));
      const { width, height } = size();
      if (x >= 0 && y >= 0 && x <= width && y <= height) return;
      move(panBy(camera, size(), { x: width / 2 - x, y: height / 2 - y }));
    },
    inSight() {
      if (!scene) return [];
      const [low, high] = [toMap(camera, size(), { x: 0, y: 0 }), toMap(camera, size(), { x: size().width, y: size().height })];
      const outline = [low, { x: high.x, y: low.y }, high, { x: low.x, y: high.y }];
      return pointsInside(scene.places, outline);
    },
  };
}
