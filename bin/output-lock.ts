/**
 * One run at a time writes an output: FILE.lock names the process. A lock whose process is gone is taken over, so that a run that was killed can
 * be gone on with at once.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, LOCKED, messageOf } from './failure.ts';

interface Owner {
  pid: number;
  /** Empty where the runtime does not say. */
  host: string;
  /** Of one process alone: numbers of processes come again. */
  token: string;
}

const self: Owner = { pid: process.pid, host: hostOf(), token: randomUUID() };

/** Between the creation of a lock and its text: milliseconds in all, and how often it is looked at. */
const [PATIENCE, LOOKS] = [500, 10];

/** Gives what unlocks. The first that is written in the output's folder, so that it also tells what is wrong with that. */
export async function lockOutput(file: string): Promise<() => void> {
  const lock = `${file}.lock`;
  await take(lock, file);
  return () => rmSync(lock, { force: true });
}

async function take(lock: string, file: string): Promise<void> {
  for (;;) {
    try {
      return writeFileSync(lock, JSON.stringify(self), { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw cannotWrite(error, file);
    }
    const owner = await readOwner(lock);
    if (owner === null) continue;
    checkGone(owner, lock, file);
    // Two runs may find the same lock without its process. The one that has the lock of that lock removes it, if it is still the same one.
    const breaking = `${lock}.${owner.token}`;
    await take(breaking, file);
    if ((await readOwner(lock))?.token === owner.token) rmSync(lock, { force: true });
    rmSync(breaking, { force: true });
  }
}

/** Null: the lock was given back meanwhile. */
async function readOwner(lock: string): Promise<Owner | null> {
  for (let look = 1; ; look++) {
    let text: string;
    try {
      text = readFileSync(lock, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw notOurs(lock);
    }
    if (text !== '') return ownerOf(text, lock);
    // Not written yet; or never, by a process that was killed there.
    if (look > LOOKS) return { pid: 0, host: self.host, token: 'empty' };
    await sleep(PATIENCE / LOOKS);
  }
}

function ownerOf(text: string, lock: string): Owner {
  try {
    const { pid, host, token } = JSON.parse(text) as Partial<Owner>;
    if (Number.isSafeInteger(pid) && pid! > 0 && typeof host === 'string' && /^[\da-f-]{36}$/.test(token ?? ''))
      return { pid, host, token } as Owner;
  } catch {
    // Told below.
  }
  throw notOurs(lock);
}

/** Throws unless it is certain. */
function checkGone({ pid, host, token }: Owner, lock: string, file: string): void {
  const where = host === self.host || host === '' ? '' : ` on ${host}`;
  const inUse = (why: string) =>
    new Failure(LOCKED, `${file} is being written by another run, process ${pid}${where}. ${why}, delete ${lock}.`);
  const still = inUse('Wait until that is done. If it is no run any more');
  if (host !== self.host) throw still;
  if (pid === 0) return;
  if (pid === self.pid) {
    if (token === self.token) throw still;
    // Of the same number and not this one: that was before.
    return;
  }
  try {
    process.kill(pid, 0);
    if (isZombie(pid)) return;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return;
    // Deno asks for a permission, and says which.
    if (code !== 'EPERM') throw inUse(`Whether it still runs cannot be seen: ${messageOf(error)}. If it does not`);
  }
  throw still;
}

/** Killed, and its parent has not asked yet how it ended. Linux says so; where nobody does it is taken for alive. */
function isZombie(pid: number): boolean {
  try {
    // After the name, which may have a bracket in it.
    return /\) Z [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Deno asks for a permission here, too. */
function hostOf(): string {
  try {
    return hostname();
  } catch {
    return '';
  }
}

function notOurs(lock: string): Failure {
  return new Failure(1, `${lock} is not what rockpool writes. Move it away, or choose another --output.`);
}

function cannotWrite(error: unknown, file: string): Failure {
  const folder = dirname(file);
  const why: Record<string, string> = {
    ENOENT: `There is no folder ${folder}.`,
    ENOTDIR: `${folder} is no folder.`,
    EACCES: `The folder ${folder} is not for this user to write in.`,
    EPERM: `The folder ${folder} is not for this user to write in.`,
    EROFS: `The folder ${folder} is read-only.`,
  };
  const { code = '' } = error as NodeJS.ErrnoException;
  return new Failure(1, `Cannot write ${file}: ${why[code] ?? messageOf(error)}`, { cause: error });
}
