/** What part of the map is seen. The map is the unit square; at zoom 1 it fills the smaller side of the canvas. All in CSS pixels. */
export interface Point {
  x: number;
  y: number;
}

export interface Camera extends Point {
  zoom: number;
}

export interface Size {
  width: number;
  height: number;
}

export const whole: Camera = { x: 0.5, y: 0.5, zoom: 1 };
const mostZoom = 24;
const margin = 24;

const pixels = (camera: Camera, { width, height }: Size) => (Math.min(width, height) - 2 * margin) * camera.zoom;

export function toScreen(camera: Camera, size: Size, { x, y }: Point): Point {
  const scale = pixels(camera, size);
  return { x: size.width / 2 + (x - camera.x) * scale, y: size.height / 2 + (y - camera.y) * scale };
}

export function toMap(camera: Camera, size: Size, { x, y }: Point): Point {
  const scale = pixels(camera, size);
  return { x: camera.x + (x - size.width / 2) / scale, y: camera.y + (y - size.height / 2) / scale };
}

/** What is under `at` stays there. */
export function zoomAt(camera: Camera, size: Size, at: Point, factor: number): Camera {
  const zoom = Math.min(mostZoom, Math.max(1, camera.zoom * factor));
  const fixed = toMap(camera, size, at);
  const moved = toMap({ ...camera, zoom }, size, at);
  return inside({ zoom, x: camera.x + fixed.x - moved.x, y: camera.y + fixed.y - moved.y });
}

export function panBy(camera: Camera, size: Size, by: Point): Camera {
  const scale = pixels(camera, size);
  return inside({ ...camera, x: camera.x - by.x / scale, y: camera.y - by.y / scale });
}

/** At zoom 1 all is seen, and there is nothing to move. */
function inside(camera: Camera): Camera {
  const slack = 0.5 * (1 - 1 / camera.zoom);
  const near = (value: number) => Math.min(0.5 + slack, Math.max(0.5 - slack, value));
  return { ...camera, x: near(camera.x), y: near(camera.y) };
}
