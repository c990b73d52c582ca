import { Injectable, type PipeTransform } from '@nestjs/common';
import { DuplicatesService } from '../duplicates.service.js';
import type { Opening } from '../opening.js';

/** Early refusal of a duplicate, so that it costs no transaction. */
@Injectable()
export class NotDuplicatePipe implements PipeTransform<Opening, Promise<Opening>> {
  constructor(private readonly duplicates: DuplicatesService) {}

  async transform(opening: Opening): Promise<Opening> {
    await this.duplicates.assertNone(opening);
    return opening;
  }
}
