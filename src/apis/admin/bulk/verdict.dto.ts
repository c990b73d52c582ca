import { ApiProperty } from '@nestjs/swagger';
import { AdminAccountResponse } from '../accounts/account.dto.js';
import { TransferResponse } from '../transfers/transfer.dto.js';
import { AdminProblemResponse } from '../problem.response.js';
import { Shown, ShownKind, ShownOrNull } from '../properties.js';

const COUNT = { type: 'integer', minimum: 0 } as const;

class VerdictResponse {
  @Shown('The line, counted from 1.', 1, { type: 'integer', minimum: 1 })
  line!: number;

  @ShownOrNull('Its key; null when it cannot be read.', 'row-1')
  idempotencyKey!: string | null;

  @Shown('Whether the line was answered so before, and nothing was done now.', false)
  replayed!: boolean;
}

/** The account of this line stands. */
export class OpenedLineResponse extends VerdictResponse {
  @ShownKind('opened')
  status!: 'opened';

  @ApiProperty({ description: 'As it was when it was opened.', type: AdminAccountResponse })
  account!: AdminAccountResponse;
}

/** The transfer of this line is posted. */
export class PostedLineResponse extends VerdictResponse {
  @ShownKind('posted')
  status!: 'posted';

  @ApiProperty({ description: 'The transfer.', type: TransferResponse })
  transfer!: TransferResponse;
}

/** The line was not done, and why. */
export class RefusedLineResponse extends VerdictResponse {
  @Shown('`failed`: the service could not; the same line may succeed when it is sent again.', 'refused', {
    enum: ['refused', 'failed'],
  })
  status!: 'refused' | 'failed';

  @ApiProperty({ description: 'What the same would be refused with alone.', type: AdminProblemResponse })
  error!: AdminProblemResponse;
}

/** The line was not done because of others (`atomic=true`). */
export class LineNotDoneResponse extends VerdictResponse {
  @ShownKind('not_done')
  status!: 'not_done';
}

export class BulkCountsResponse {
  @Shown('Lines that have a verdict.', 1, COUNT)
  lines!: number;

  @Shown('Of these, opened or posted, now or before.', 1, COUNT)
  done!: number;

  @Shown('Of these, refused.', 0, COUNT)
  refused!: number;

  @Shown('Of these, failed: send them again.', 0, COUNT)
  failed!: number;

  @Shown('Of these, not done because of others.', 0, COUNT)
  notDone!: number;

  @Shown('Of these, answered before.', 0, COUNT)
  replayed!: number;

  @Shown('Whether every line was read; the server stopped otherwise, so send all again.', true)
  isComplete!: boolean;
}

/** The last line: an answer without it broke off. */
export class BulkSummaryResponse {
  @ApiProperty({ description: 'How many lines met which end.', type: BulkCountsResponse })
  summary!: BulkCountsResponse;
}
