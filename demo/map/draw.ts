/** All that is on the map in, pixels out. */
import { toScreen } from './camera.ts';
import type { Camera, Point, Size } from './camera.ts';
import type { Groups } from './colours.ts';
import { placeOf } from './pick.ts';

export interface Scene {
  places: Float32Array;
  groups: Groups;
  names: readonly string[];
  /** The group that is lit; null: all. */
  group: number | null;
  /** Points that are lit, with their names. */
  lit: readonly number[];
  picked: number | null;
  hovered: number | null;
  /** Where the query stands. */
  star: Point | null;
  lasso: readonly Point[];
}

/** When so few points are in sight, all of them have their names. */
const namesFor = 40;

export function draw(context: CanvasRenderingContext2D, camera: Camera, size: Size, scene: Scene): void {
  const style = getComputedStyle(context.canvas);
  const colour = (name: string) => style.getPropertyValue(name);
  const { places, groups, lit, picked, hovered, star } = scene;
  const radius = Math.min(8, 3 + Math.sqrt(camera.zoom) - 1);
  context.clearRect(0, 0, size.width, size.height);
  const special = new Set(lit);
  const dim = special.size > 0 || scene.group !== null;
  const seen: number[] = [];
  const at = (i: number) => toScreen(camera, size, placeOf(places, i));
  const dot = (i: number, r: number) => {
    const { x, y } = at(i);
    context.beginPath();
    context.arc(x, y, r, 0, 2 * Math.PI);
    context.fill();
  };

  for (let i = 0; i < places.length / 2; i++) {
    const { x, y } = at(i);
    if (x < -9 || y < -9 || x > size.width + 9 || y > size.height + 9) continue;
    seen.push(i);
    const group = groups.of[i]!;
    context.globalAlpha = special.has(i) || group === scene.group || !dim ? 0.9 : 0.4;
    context.fillStyle = colour(groups.all[group]!.colour);
    dot(i, radius);
  }
  context.globalAlpha = 1;
  context.strokeStyle = colour('--accent');
  context.lineWidth = 1;
  if (star)
    for (const i of lit) {
      const [from, to] = [toScreen(camera, size, star), at(i)];
      context.beginPath();
      context.moveTo(from.x, from.y);
      context.lineTo(to.x, to.y);
      context.stroke();
    }
  context.strokeStyle = colour('--text');
  context.lineWidth = 2;
  for (const i of [...lit, picked, hovered]) {
    if (i === null) continue;
    const { x, y } = at(i);
    context.beginPath();
    context.arc(x, y, radius + (i === picked ? 4 : 1.5), 0, 2 * Math.PI);
    context.stroke();
  }
  if (star) drawStar(context, toScreen(camera, size, star), colour('--accent'), colour('--bg'));
  drawLasso(context, camera, size, scene.lasso, colour('--accent'));
  const named = [picked, hovered, ...(lit.length <= namesFor ? lit : []), ...(seen.length <= namesFor ? seen : [])];
  drawNames(
    context,
    size,
    scene.names,
    named.filter((i) => i !== null).map((i) => ({ i, at: at(i) })),
    colour('--text'),
    colour('--bg'),
  );
}

function drawStar(context: CanvasRenderingContext2D, { x, y }: Point, fill: string, edge: string): void {
  context.beginPath();
  for (let i = 0; i < 10; i++) {
    const r = i % 2 === 0 ? 13 : 5.5;
    const turn = (Math.PI * i) / 5 - Math.PI / 2;
    context.lineTo(x + r * Math.cos(turn), y + r * Math.sin(turn));
  }
  context.closePath();
  context.fillStyle = fill;
  context.strokeStyle = edge;
  context.lineWidth = 2;
  context.fill();
  context.stroke();
}

function drawLasso(context: CanvasRenderingContext2D, camera: Camera, size: Size, lasso: readonly Point[], colour: string): void {
  if (lasso.length < 2) return;
  context.beginPath();
  for (const point of lasso) {
    const { x, y } = toScreen(camera, size, point);
    context.lineTo(x, y);
  }
  context.closePath();
  context.strokeStyle = context.fillStyle = colour;
  context.globalAlpha = 0.12;
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 1.5;
  context.stroke();
}

/** The first come first; a name that would cover another is left out. */
function drawNames(
  context: CanvasRenderingContext2D,
  size: Size,
  names: readonly string[],
  points: readonly { i: number; at: Point }[],
  ink: string,
  ground: string,
): void {
  context.font = '13px system-ui, sans-serif';
  context.textBaseline = 'middle';
  const taken: { x: number; y: number; width: number }[] = [];
  for (const { i, at } of points) {
    const text = names[i]!;
    const width = context.measureText(text).width;
    const x = at.x + 12 + width > size.width ? at.x - 12 - width : at.x + 12;
    if (taken.some((other) => Math.abs(other.y - at.y) < 16 && x < other.x + other.width + 4 && other.x < x + width + 4)) continue;
    taken.push({ x, y: at.y, width });
    context.strokeStyle = ground;
    context.lineWidth = 4;
    context.strokeText(text, x, at.y);
    context.fillStyle = ink;
    context.fillText(text, x, at.y);
  }
}
