/** The class path of an activation function, as PyTorch models save it -> the function. */
import { PoolingError } from '../errors.ts';
import type { Activation } from '../shapes.ts';

const root = 'torch.nn.modules.';
const byClass: ReadonlyMap<string, Activation> = new Map([
  ['Identity', 'identity'],
  ['ReLU', 'relu'],
  ['GELU', 'gelu'],
  ['SiLU', 'silu'],
  ['Tanh', 'tanh'],
  ['Sigmoid', 'sigmoid'],
  ['Softmax', 'softmax'],
]);

/** `place` names the file and the key in it. A class is built without arguments, so GELU is the exact one. */
export function activationOf(path: unknown, place: string): Activation {
  if (typeof path !== 'string' || !path.startsWith(root)) {
    throw new PoolingError(
      'unsupported-model',
      `Loading of activation functions is restricted to torch.nn.modules for security reasons; ${place} is ${JSON.stringify(path)}.`,
    );
  }
  const found = byClass.get(path.slice(path.lastIndexOf('.') + 1));
  if (found !== undefined) return found;
  throw new PoolingError(
    'unsupported-model',
    `The activation function ${path} (${place}) is not supported. Supported: ${[...byClass.keys()].join(', ')}.`,
  );
}

/** vLLM's PoolerClassify: what becomes of logits where nothing says otherwise. One label: sigmoid. More: softmax. */
export function classifyActivation(numLabels: number): Activation {
  return numLabels < 2 ? 'sigmoid' : 'softmax';
}
