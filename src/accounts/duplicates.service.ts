import { Injectable } from '@nestjs/common';
import { AppError } from '../shared/app-error.js';
import { type AccountSelection, AccountsService } from './accounts.service.js';
import type { Opening } from './opening.js';

/** What counts as a duplicate in each channel, mirroring the named unique constraints. */
@Injectable()
export class DuplicatesService {
  constructor(private readonly accounts: AccountsService) {}

  /**
   * Early knowledge only: the constraint decides.
   * @throws AppError account_exists with the account that stands, account_identifier_taken without it (it may
   *   be another customer's)
   */
  async assertNone(opening: Opening): Promise<void> {
    const existing = await this.accounts.find(twinOf(opening));
    if (existing === null) return;
    if (opening.channel === 'platform') throw new AppError('account_identifier_taken');
    throw new AppError('account_exists', { existing });
  }
}

function twinOf(opening: Opening): AccountSelection {
  const { platformId, customerId, channel } = opening;
  switch (channel) {
    case 'owner':
      return { platformId, channel, customerId, currencyCode: opening.currencyCode };
    case 'workspace': {
      const { workspaceId, productId, alias } = opening;
      return { platformId, channel, workspaceId, productId, alias };
    }
    case 'platform':
      return { platformId, channel, accountIdentifier: opening.accountIdentifier };
  }
}
