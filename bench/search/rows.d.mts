/** For the test of what uses them. */
export class Rows {
  constructor(path: string, width: number);
}
