import { relative } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { OwnerAccountsService } from '../accounts/owner-accounts.service.js';
import { CurrencyAvailability } from '../accounts/currency-availability.service.js';
import { CredentialAuthenticator } from '../auth/credential-authenticator.service.js';
import { CustomersService } from '../customers/customers.service.js';
import { type DemoPlace, prepareDemo } from './demo.js';
import { type DemoFile, writeCommands } from './demo-file.js';
import { commandsOf, greeting } from './greeting.js';

/** What is said about the demo once the server listens. */
export interface PresentedDemo {
  /** For a terminal: the addresses, and a command per API with its credentials. */
  greeting: string;
  /** Paths relative to the working directory: of the credentials, and of the same commands as a shell script. */
  credentials: string;
  commands: string;
}

/** Prepares the demo and its files. */
export async function presentDemo(
  app: INestApplicationContext,
  place: DemoPlace & { folder: string },
): Promise<PresentedDemo> {
  const { demo, path } = await prepareDemo(app, place);
  const text = commandsOf(demo, await findFreeCurrency(app, demo));
  const credentials = relative(process.cwd(), path);
  const commands = relative(process.cwd(), await writeCommands(path, text));
  return { greeting: greeting(demo.baseUrl, text, credentials), credentials, commands };
}

async function findFreeCurrency(app: INestApplicationContext, { owner }: DemoFile): Promise<string | null> {
  const caller = await app.get(CredentialAuthenticator).authenticate(owner.apiKey, owner.apiSecret, {
    address: null,
    refused: () => undefined,
  });
  if (caller === null || caller.customerId === null) return null;
  const eligibility = await app.get(CustomersService).findEligibility(caller.platformId, caller.customerId);
  if (eligibility === null) return null;
  const available = await app.get(CurrencyAvailability).availableIn(eligibility.jurisdictionCode);
  const accounts = await app.get(OwnerAccountsService).list(caller.platformId, eligibility);
  const taken = new Set(accounts.map((account) => account.currency.code));
  const free = available.map(({ code }) => code).filter((code) => !taken.has(code));
  return free.find((code) => code === 'ZAR') ?? free[0] ?? null;
}
