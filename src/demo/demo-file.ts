import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

interface KeyPair {
  apiKey: string;
  apiSecret: string;
}

interface WorkspaceAccess {
  workspaceId: number;
  accessToken: string;
  refreshToken: string;
  productId: number;
}

/** `var/demo.json`: what a person or a test needs to call each API of the demo. */
export interface DemoFile {
  baseUrl: string;
  owner: KeyPair;
  ownerPending: KeyPair;
  workspace: WorkspaceAccess;
  workspacePending: WorkspaceAccess;
  platform: { key: string; secret: string; customerIdentifier: string };
  /** An approver. */
  admin: { key: string; secret: string };
  /** A second approver, for what needs another person. */
  adminApprover: { key: string; secret: string };
  adminViewer: { key: string; secret: string };
}

const FILE = 'demo.json';

/** `null` when there is none, or none that can be read: the credentials are then issued anew. */
export async function readDemoFile(folder: string): Promise<DemoFile | null> {
  try {
    const demo = JSON.parse(await readFile(join(folder, FILE), 'utf8')) as Partial<DemoFile>;
    // One of an earlier version lacks credentials of this one.
    return isWhole(demo) ? demo : null;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function isWhole(demo: Partial<DemoFile>): demo is DemoFile {
  return demo.adminViewer !== undefined;
}

/** Written whole or not at all, readable by its owner only. */
export async function writeDemoFile(folder: string, demo: DemoFile): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, FILE);
  await writeFile(`${path}.new`, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return path;
}
