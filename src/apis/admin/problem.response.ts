import { ApiPropertyOptional } from '@nestjs/swagger';
import { ProblemResponse } from '../../http/problem.response.js';
import { ObjectChangeResponse } from './approvals/summary-parts.dto.js';

/** An error. `transition_not_allowed` also returns the current state and the transitions that it allows. */
export class AdminProblemResponse extends ProblemResponse {
  @ApiPropertyOptional({ description: 'The state that does not allow the act.', example: 'closed' })
  state?: string;

  @ApiPropertyOptional({ description: 'The acts that it allows.', type: [String], example: ['reopen'] })
  allowedActs?: string[];

  @ApiPropertyOptional({
    description: 'What happened to the object since a request that is stale.',
    type: [ObjectChangeResponse],
  })
  changes?: ObjectChangeResponse[];
}
