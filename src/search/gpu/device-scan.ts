/** What a choice between WebAssembly and a GPU knows of the GPU's side. Types only: the side itself is loaded when it is tried. */
import type { ReadBackCounter } from '../../gpu/readback.ts';
import type { Ranked } from '../top-k.ts';

export interface DeviceScan {
  /** The GPU's own description. */
  readonly adapter: string;
  /** The largest k that it answers. */
  readonly mostRows: number;
  /** True from the moment on that the device is lost, or does not answer. */
  readonly isLost: boolean;
  /** Taken on the GPU. */
  readonly bytes: number;
  /** So much of the table is not sent that a search should not wait for it. */
  readonly isBehind: boolean;
  /** Sends the table, part by part. */
  prepare(): Promise<void>;
  /** The table as it is at this call. `mask`: a bit for each row that counts. Rejects if the GPU fails or is lost. */
  nearest(queries: readonly Float32Array[], k: number, mask: Uint32Array<ArrayBuffer> | null): Promise<Ranked[]>;
  dispose(): void;
}

/** `absent`: the runtime does not know WebGPU at all. */
export type OpenScan<Table> = (
  table: Table,
  options: { allowSoftware: boolean; readBack: ReadBackCounter },
) => Promise<{ scan: DeviceScan } | { refusal: string; absent?: true }>;
