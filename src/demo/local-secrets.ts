import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecretVariables } from '../config/env.js';
import { namingTextSecrets } from '../config/kyc-providers.js';

const FILE = 'secrets.json';

/** The secrets of an installation without configured ones: random, generated once, readable by their owner only. */
export async function localSecrets(folder: string): Promise<SecretVariables> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, FILE);
  const made: SecretVariables = {
    SECRET_PEPPER: randomBytes(32).toString('base64url'),
    TOKEN_SIGNING_KEY: generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
    KYC_PROVIDERS: `demo=whsec_${randomBytes(32).toString('base64')}`,
  };
  try {
    // Fails when the file exists: the first process creates the secrets, and all use them.
    await writeFile(path, JSON.stringify(made, null, 2), { mode: 0o600, flag: 'wx' });
    return made;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return upToDate(JSON.parse(await readFile(path, 'utf8')) as SecretVariables);
  }
}

/** The file is not changed: signatures made with its plain text secret stay valid. */
function upToDate({ KYC_PROVIDERS, ...secrets }: SecretVariables): SecretVariables {
  if (KYC_PROVIDERS === undefined) return secrets;
  return { ...secrets, KYC_PROVIDERS: namingTextSecrets(KYC_PROVIDERS) };
}
