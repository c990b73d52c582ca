import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { DemoFile } from '../../demo/demo-file.js';

/** What `--ready-file` holds: the credentials of the demo, and which process serves them. */
export interface ReadyFile extends DemoFile {
  pid: number;
}

/** Written whole or not at all, readable by its owner only: where it is, the sandbox is ready. */
export function writeReadyFile(path: string, content: ReadyFile): void {
  const partial = `${path}.${process.pid}.new`;
  // Of a process that had this number before and was killed.
  rmSync(partial, { force: true });
  writeFileSync(partial, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(partial, path);
}

export function removeReadyFile(path: string): void {
  rmSync(path, { force: true });
}
