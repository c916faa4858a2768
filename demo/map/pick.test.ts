/** The camera and what it points at, on a map that can be drawn by hand. */
import { expect, it } from 'vitest';
import { panBy, toMap, toScreen, whole, zoomAt } from './camera.ts';
import { pointAt, pointsInside, pointTowards } from './pick.ts';

const size = { width: 800, height: 448 };
const places = Float32Array.of(0.5, 0.5, 0.6, 0.5, 0.9, 0.52, 0.5, 0.1, 0.58, 0.9);

it('goes to the screen and back, and what is under the pointer stays under it', () => {
  const camera = zoomAt(whole, size, { x: 500, y: 200 }, 3);
  const under = toMap(whole, size, { x: 500, y: 200 });
  expect(toScreen(camera, size, under).x).toBeCloseTo(500);
  expect(toScreen(camera, size, under).y).toBeCloseTo(200);
  expect(zoomAt(camera, size, { x: 0, y: 0 }, 1 / 100)).toEqual(whole);
  expect(panBy(whole, size, { x: 50, y: 50 })).toEqual(whole);
  expect(toScreen(panBy(camera, size, { x: 10, y: 0 }), size, under).x).toBeCloseTo(510);
});

it('picks the nearest within reach, and walks by direction', () => {
  expect(pointAt(places, { x: 0.61, y: 0.5 }, 0.05)).toBe(1);
  expect(pointAt(places, { x: 0.2, y: 0.2 }, 0.05)).toBe(-1);
  expect(pointTowards(places, 0, { x: 1, y: 0 })).toBe(1);
  expect(pointTowards(places, 1, { x: 1, y: 0 })).toBe(2);
  expect(pointTowards(places, 0, { x: 0, y: 1 })).toBe(4);
  expect(pointTowards(places, 2, { x: 1, y: 0 })).toBe(2);
});

it('takes what the lasso encloses', () => {
  const outline = [
    { x: 0.4, y: 0.4 },
    { x: 0.7, y: 0.4 },
    { x: 0.7, y: 0.6 },
    { x: 0.4, y: 0.6 },
  ];
  expect(pointsInside(places, outline)).toEqual([0, 1]);
});
