/** The application's functions that only watch requests -> the same, and what they throw costs neither an answer nor the process: it is told. */
import { shown } from '../errors.ts';

/** Calls it. Undefined: it threw. */
export type Guarded = <T>(call: () => T) => T | undefined;

/** `name`: the option's. Told with the first fault alone: a tracer that is broken throws at every request. */
export function guarded(name: string): Guarded {
  let isTold = false;
  const tell = (error: unknown) => {
    if (isTold) return;
    isTold = true;
    console.error(`createHandler: ${name} threw. Requests are answered all the same.`, error instanceof Error ? error : shown(error));
  };
  return (call) => {
    try {
      const result = call();
      if (result instanceof Promise) result.catch(tell);
      return result;
    } catch (error) {
      tell(error);
      return undefined;
    }
  };
}
