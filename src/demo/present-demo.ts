import { relative } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { OwnerAccountsService } from '../accounts/owner-accounts.service.js';
import { CurrencyAvailability } from '../accounts/currency-availability.service.js';
import { CredentialAuthenticator } from '../auth/credential-authenticator.service.js';
import { CustomersService } from '../customers/customers.service.js';
import { type DemoPlace, prepareDemo } from './demo.js';
import type { DemoFile } from './demo-file.js';
import { greeting } from './greeting.js';

/** Prepares the demo and returns the text that presents it. */
export async function presentDemo(
  app: INestApplicationContext,
  place: DemoPlace & { folder: string },
): Promise<string> {
  const { demo, path } = await prepareDemo(app, place);
  return greeting({
    demo,
    demoPath: relative(process.cwd(), path),
    freeCurrency: await findFreeCurrency(app, demo),
  });
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
