import { Injectable } from '@nestjs/common';
import { AppError } from '../shared/app-error.js';
import type { AccountView } from './reading/account-view.js';
import { AccountsService } from './reading/accounts.service.js';
import { MAX_UNPAGED, assertNotTooLarge } from './reading/result-limit.js';

interface InWorkspace {
  workspaceId?: string;
}

/** The accounts of one workspace. */
@Injectable()
export class WorkspaceAccountsService {
  constructor(private readonly accounts: AccountsService) {}

  /** @throws AppError result_too_large */
  async list(platformId: string, { workspaceId }: InWorkspace): Promise<AccountView[]> {
    if (workspaceId === undefined) throw new AppError('workspace_not_allowed');
    const accounts = await this.accounts.list(
      { platformId, channel: 'workspace', workspaceId },
      MAX_UNPAGED + 1,
    );
    return assertNotTooLarge(accounts);
  }

  /** @throws AppError account_not_found: unknown, of another workspace, or no id at all */
  async getById(platformId: string, { workspaceId }: InWorkspace, id: string): Promise<AccountView> {
    if (workspaceId === undefined || !/^[1-9]\d{0,17}$/.test(id)) throw new AppError('account_not_found');
    return this.accounts.get({ platformId, channel: 'workspace', workspaceId, id });
  }
}
