import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Secrets } from '../config/env.js';

const FILE = 'secrets.json';

/** The secrets of an installation that was given none: random, made once, readable by their owner only. */
export async function localSecrets(folder: string): Promise<Secrets> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, FILE);
  const made: Secrets = {
    SECRET_PEPPER: randomBytes(32).toString('base64url'),
    TOKEN_SIGNING_KEY: generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
    KYC_PROVIDERS: `demo=${randomBytes(32).toString('base64url')}`,
  };
  try {
    // Fails when the file is there: the first process to come wins, and all use its secrets.
    await writeFile(path, JSON.stringify(made, null, 2), { mode: 0o600, flag: 'wx' });
    return made;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return JSON.parse(await readFile(path, 'utf8')) as Secrets;
  }
}
