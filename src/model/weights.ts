/** A dtype -> the bytes of an ONNX file and of its external data. */
import { PoolingError } from '../errors.ts';
import type { Dtype } from '../types.ts';
import { weightsFiles, type WeightsFile } from './dtype.ts';
import { fetchFile, type FileContext, type ModelFile } from '../files/fetch-file.ts';
import { folderOf, modelPath } from '../files/model-path.ts';
import { readOnnx, type OnnxOutline } from '../onnx/onnx-outline.ts';
import { allOrNone } from '../within.ts';
import type { Weights } from '../onnx/session.ts';

export type FetchedWeights = WeightsFile & Weights;

export async function fetchWeights(context: FileContext, dtype: Dtype | null, signal?: AbortSignal): Promise<FetchedWeights> {
  const candidates = weightsFiles(dtype);
  for (const { dtype: found, path } of candidates) {
    const parse = (bytes: Uint8Array) => readOnnx(bytes, `${path} (${context.source.locate(path)})`);
    const model = await fetchFile(context, { path, parse, html: 'absent', signal });
    if (model !== null)
      return { dtype: found, path, onnx: model.bytes, outline: model.value, ...(await fetchExternal(context, path, model, signal)) };
  }
  const tried = candidates.map(({ path }) => path).join(', ');
  const remedy = dtype === null ? 'Name one with the dtype option if the folder has others.' : 'Try another dtype, or none.';
  throw new PoolingError('model-file-missing', `${context.source.key} has no ONNX file. Tried: ${tried}. ${remedy}`);
}

/** Where the file is that an ONNX file at `path` calls `name`. */
export function externalPath(path: string, name: string): string {
  return folderOf(path) + modelPath(name, path);
}

async function fetchExternal(
  context: FileContext,
  path: string,
  model: ModelFile<OnnxOutline>,
  signal: AbortSignal | undefined,
): Promise<Pick<FetchedWeights, 'external'>> {
  const files = await allOrNone(
    signal,
    model.value.externalFiles.map((name) => async (own: AbortSignal) => {
      const dataPath = externalPath(path, name);
      const file = await fetchFile(context, { path: dataPath, parse: () => null, html: 'absent', signal: own });
      if (file !== null) return { name, file };
      throw new PoolingError(
        'model-file-missing',
        `${path} keeps weights in ${dataPath}, and there is no such file at ${context.source.locate(dataPath)}.`,
      );
    }),
  );
  return { external: files.map(({ name, file }) => ({ path: name, data: file.bytes })) };
}
