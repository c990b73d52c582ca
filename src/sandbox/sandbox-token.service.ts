import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Environment } from '../config/env.js';

/** The token that a sandbox was started with. */
@Injectable()
export class SandboxToken {
  constructor(private readonly env: Environment) {}

  /** Compares in constant time. */
  matches(text: string): boolean {
    const { sandboxToken } = this.env;
    return sandboxToken !== null && timingSafeEqual(digest(text), digest(sandboxToken));
  }
}

/** Digests, so that both values have the same length. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
