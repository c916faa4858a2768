/** A download on its way -> parts in the cache, behind it, without slowing it down. */
import { PART_BYTES } from './cache-key.ts';
import type { FileCache } from './cache.ts';
import type { Download } from './download.ts';

interface PartWriter {
  /** Queues what has become a full part. Only files whose download can go on later are written before they are whole. */
  advance(download: Download): void;
  /** Writes the rest and marks the file complete: call it when the bytes have been checked. */
  finish(download: Download): Promise<void>;
  /** Waits for what was queued. */
  settle(): Promise<void>;
}

/** `kept`: the parts of this version that are in the cache already. */
export function createPartWriter(cache: FileCache, url: string, path: string, kept: Download | undefined): PartWriter {
  let queue = Promise.resolve();
  // A copy: the download goes on in the object that it was given.
  let version: Pick<Download, 'total' | 'validator'> | null = kept === undefined ? null : { ...kept };
  let parts = kept === undefined ? 0 : Math.floor(kept.loaded / PART_BYTES);

  const then = (work: () => Promise<void>) => {
    queue = queue.then(work);
  };
  const putRecord = ({ total, loaded, validator }: Download, complete: boolean) => {
    const record = { url, absent: false, complete, size: total ?? loaded, validator };
    then(() => cache.putRecord(path, record));
  };
  const isVersion = ({ total, validator }: Download) => version?.validator === validator && version.total === total;
  /** The parts that are there, if any, are of another version of the file. */
  const startOver = ({ total, validator }: Download) => {
    if (version !== null) then(() => cache.drop(path));
    version = { total, validator };
    parts = 0;
  };
  const writeUpTo = (download: Download, end: number) => {
    for (; parts * PART_BYTES < end; parts++) {
      const index = parts;
      // A view, not a copy: a download that starts again takes a new buffer.
      const bytes = download.bytes.subarray(index * PART_BYTES, Math.min((index + 1) * PART_BYTES, end));
      const { validator } = download;
      then(() => cache.putPart(path, index, bytes, validator));
    }
  };
  return {
    advance(download) {
      if (!cache.works() || download.total === null || download.validator === null || download.total <= PART_BYTES) return;
      if (!isVersion(download)) {
        startOver(download);
        putRecord(download, false);
      }
      writeUpTo(download, Math.floor(download.loaded / PART_BYTES) * PART_BYTES);
    },
    async finish(download) {
      if (!isVersion(download)) startOver(download);
      writeUpTo(download, download.loaded);
      putRecord(download, true);
      await queue;
      // Another file may have filled the cache while this one was written.
      if (!cache.works()) await cache.drop(path);
    },
    settle: () => queue,
  };
}
