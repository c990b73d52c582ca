import { Injectable, type PipeTransform } from '@nestjs/common';
import { platformIdIn } from '../path-ids.js';

/** Turns a `plt_…` query parameter into the platform id, including the system tenant; `null` when it is missing. */
@Injectable()
export class PlatformQueryPipe implements PipeTransform<unknown, string | null> {
  transform(text: unknown): string | null {
    if (text === undefined) return null;
    return platformIdIn('platform', typeof text === 'string' ? text : '');
  }
}
