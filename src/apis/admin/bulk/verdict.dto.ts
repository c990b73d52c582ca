import { ApiProperty } from '@nestjs/swagger';
import { AdminAccountResponse } from '../accounts/account.dto.js';
import { TransferResponse } from '../transfers/transfer.dto.js';
import { AdminProblemResponse } from '../problem.response.js';
import { ResponseProperty, ResponseKind, NullableResponseProperty } from '../properties.js';

const COUNT = { type: 'integer', minimum: 0 } as const;

class VerdictResponse {
  @ResponseProperty('The line, counted from 1.', 1, { type: 'integer', minimum: 1 })
  line!: number;

  @NullableResponseProperty('Its key; null when it cannot be read.', 'row-1')
  idempotencyKey!: string | null;

  @ResponseProperty('Whether the line was answered so before, and nothing was done now.', false)
  replayed!: boolean;
}

/** The account of this line was opened. */
export class OpenedLineResponse extends VerdictResponse {
  @ResponseKind('opened')
  status!: 'opened';

  @ApiProperty({ description: 'As it was when it was opened.', type: AdminAccountResponse })
  account!: AdminAccountResponse;
}

/** The transfer of this line was posted. */
export class PostedLineResponse extends VerdictResponse {
  @ResponseKind('posted')
  status!: 'posted';

  @ApiProperty({ description: 'The transfer.', type: TransferResponse })
  transfer!: TransferResponse;
}

/** The line was refused or failed, with the error. */
export class RefusedLineResponse extends VerdictResponse {
  @ResponseProperty(
    '`failed`: the service could not; the same line may succeed when it is sent again.',
    'refused',
    {
      enum: ['refused', 'failed'],
    },
  )
  status!: 'refused' | 'failed';

  @ApiProperty({ description: 'What the same would be refused with alone.', type: AdminProblemResponse })
  error!: AdminProblemResponse;
}

/** The line was not done because another line was refused (`atomic=true`). */
export class LineNotDoneResponse extends VerdictResponse {
  @ResponseKind('not_done')
  status!: 'not_done';
}

export class BulkCountsResponse {
  @ResponseProperty('Lines that have a verdict.', 1, COUNT)
  lines!: number;

  @ResponseProperty('Of these, opened or posted, now or before.', 1, COUNT)
  done!: number;

  @ResponseProperty('Of these, refused.', 0, COUNT)
  refused!: number;

  @ResponseProperty('Of these, failed: send them again.', 0, COUNT)
  failed!: number;

  @ResponseProperty('Of these, not executed because another line failed.', 0, COUNT)
  notDone!: number;

  @ResponseProperty('Of these, answered before.', 0, COUNT)
  replayed!: number;

  @ResponseProperty('Whether every line was read; the server stopped otherwise, so send all again.', true)
  isComplete!: boolean;
}

/** The last line of the response. A response without it is incomplete. */
export class BulkSummaryResponse {
  @ApiProperty({ description: 'How many lines met which end.', type: BulkCountsResponse })
  summary!: BulkCountsResponse;
}
