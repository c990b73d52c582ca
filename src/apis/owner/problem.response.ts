import { ApiPropertyOptional } from '@nestjs/swagger';
import { ProblemResponse } from '../../http/problem.response.js';
import { OWNER_ACCOUNT } from './accounts/account.response.js';

/** A refusal. One because the account exists already also carries the four fields of that account. */
export class OwnerProblemResponse extends ProblemResponse {
  @ApiPropertyOptional({ ...OWNER_ACCOUNT.id, description: '`account_exists` only: that account.' })
  id?: string;

  @ApiPropertyOptional({ ...OWNER_ACCOUNT.currency, description: '`account_exists` only: its currency.' })
  currency?: string;

  @ApiPropertyOptional({ ...OWNER_ACCOUNT.balance, description: '`account_exists` only: what is available.' })
  balance?: number;

  @ApiPropertyOptional({
    ...OWNER_ACCOUNT.lockedBalance,
    description: '`account_exists` only: what is locked.',
  })
  lockedBalance?: number;
}
