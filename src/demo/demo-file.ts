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
  platform: { key: string; secret: string; customerIdentifier: string; pendingCustomerIdentifier: string };
  /** An approver. */
  admin: { key: string; secret: string };
  /** Of a sandbox only. */
  sandbox?: SandboxAccess;
}

/** What a test needs beside the APIs of the bank. */
export interface SandboxAccess {
  /** Bearer token of /sandbox. */
  token: string;
  /** The platform of the credentials above: `plt_…`. */
  platformId: string;
  /** A product whose opening is always refused. */
  refusedProductId: number;
}

/** `var/demo-operators.json`: two more admins, for what needs a second person, and for who may only look. */
export interface DemoOperators {
  approver: { key: string; secret: string };
  viewer: { key: string; secret: string };
}

export interface DemoFiles {
  demo: DemoFile;
  operators: DemoOperators;
}

const FILES = { demo: 'demo.json', operators: 'demo-operators.json' } as const;

/** `null` when one is missing or cannot be read: the credentials are then issued anew. */
export async function readDemoFiles(folder: string): Promise<DemoFiles | null> {
  const demo = await readJson<DemoFile>(join(folder, FILES.demo));
  const operators = await readJson<DemoOperators>(join(folder, FILES.operators));
  return demo === null || operators === null ? null : { demo, operators };
}

/** Each written whole or not at all, readable by its owner only. */
export async function writeDemoFiles(folder: string, files: DemoFiles): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of ['demo', 'operators'] as const) {
    const path = join(folder, FILES[name]);
    await writeFile(`${path}.new`, `${JSON.stringify(files[name], null, 2)}\n`, { mode: 0o600 });
    await rename(`${path}.new`, path);
  }
}

async function readJson<T>(path: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
