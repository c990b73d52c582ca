import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
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

/** Content of `var/demo.json`: the data that a person or a test needs to call each API of the demo. */
export interface DemoFile {
  baseUrl: string;
  owner: KeyPair;
  ownerPending: KeyPair;
  workspace: WorkspaceAccess;
  workspacePending: WorkspaceAccess;
  platform: { key: string; secret: string; customerIdentifier: string; pendingCustomerIdentifier: string };
  /** Credential of an approver. */
  admin: { key: string; secret: string };
  /** In a sandbox only. */
  sandbox?: SandboxAccess;
}

/** The data that a test needs besides the APIs of the bank. */
export interface SandboxAccess {
  /** Bearer token of /sandbox. */
  token: string;
  /** The platform of the credentials above: `plt_…`. */
  platformId: string;
  /** A product of which every opening is refused. */
  refusedProductId: number;
}

/** Content of `var/demo-operators.json`: two more admins, an approver for the second decision and a viewer. */
export interface DemoOperators {
  approver: { key: string; secret: string };
  viewer: { key: string; secret: string };
}

export interface DemoFiles {
  demo: DemoFile;
  operators: DemoOperators;
}

/** The files of one database's demo, as read; `null`: missing or unreadable. */
export interface StoredDemo {
  /** 1: `demo.json`; 2: `demo-2.json`, of another database; and so on. */
  number: number;
  demo: DemoFile | null;
  operators: DemoOperators | null;
}

const NAME = /^demo(?:-operators)?(?:-([1-9]\d{0,3}))?\.json$/;

/** Every demo that has a file in the folder, ordered by number. */
export async function readDemos(folder: string): Promise<StoredDemo[]> {
  const matches = (await namesIn(folder)).map((name) => NAME.exec(name)).filter((match) => match !== null);
  const numbers = new Set(matches.map(([, number]) => Number(number ?? 1)));
  return Promise.all(
    [...numbers]
      .sort((one, other) => one - other)
      .map(async (number) => ({
        number,
        demo: await readJson<DemoFile>(pathOf(folder, 'demo', number)),
        operators: await readJson<DemoOperators>(pathOf(folder, 'demo-operators', number)),
      })),
  );
}

/** Writes each file atomically, readable by its owner only. @returns the path of the demo's file */
export async function writeDemoFiles(folder: string, number: number, files: DemoFiles): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeJson(pathOf(folder, 'demo', number), files.demo);
  await writeJson(pathOf(folder, 'demo-operators', number), files.operators);
  return pathOf(folder, 'demo', number);
}

/** `demo-commands.sh` beside `demo.json`, with its credentials. @returns its path */
export async function writeCommands(demoPath: string, commands: string): Promise<string> {
  const path = demoPath.replace(/\.json$/, '-commands.sh');
  await writeWhole(path, commands);
  return path;
}

function pathOf(folder: string, name: string, number: number): string {
  return join(folder, number === 1 ? `${name}.json` : `${name}-${number}.json`);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function writeJson(path: string, content: object): Promise<void> {
  return writeWhole(path, `${JSON.stringify(content, null, 2)}\n`);
}

async function writeWhole(path: string, content: string): Promise<void> {
  await writeFile(`${path}.new`, content, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

async function readJson<T>(path: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
