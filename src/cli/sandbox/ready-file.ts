import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { DemoFile } from '../../demo/demo-file.js';

/** The content of `--ready-file`: the credentials of the demo, and the process that serves them. */
export interface ReadyFile extends DemoFile {
  pid: number;
}

/** Written atomically, readable by its owner only. When the file exists, the sandbox is ready. */
export function writeReadyFile(path: string, content: ReadyFile): void {
  const partial = `${path}.${process.pid}.new`;
  // Left by a killed process with the same process id.
  rmSync(partial, { force: true });
  writeFileSync(partial, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(partial, path);
}

export function removeReadyFile(path: string): void {
  rmSync(path, { force: true });
}
