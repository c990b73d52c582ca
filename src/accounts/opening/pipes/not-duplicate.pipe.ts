import { Injectable, type PipeTransform } from '@nestjs/common';
import { DuplicatesService } from '../duplicates.service.js';
import type { Opening, WithFacts } from '../opening.js';
import { duplicateRefusal, refusedEarly } from '../opening-rules.js';

/** Refuses a duplicate before the opening transaction starts. */
@Injectable()
export class NotDuplicatePipe implements PipeTransform<WithFacts, Promise<Opening>> {
  constructor(private readonly duplicates: DuplicatesService) {}

  async transform(opening: WithFacts): Promise<Opening> {
    const { facts, channel } = opening;
    const refusal = duplicateRefusal(channel, facts);
    if (refusal !== null) await this.duplicates.refuse(opening, refusedEarly(refusal, channel, facts));
    return opening;
  }
}
