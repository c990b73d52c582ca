import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Environment } from '../config/env.js';
import { makeDemoPlatform, type Parts } from '../demo/demo.js';
import type { DemoFile, SandboxAccess } from '../demo/demo-file.js';
import { randomToken } from '../shared/ids.js';
import { toSystemId } from '../shared/object-id.js';
import { PlatformSnapshots } from './platform-snapshots.service.js';
import { ReadWriteLock } from '../concurrency/read-write-lock.js';
import { SandboxDatabase } from './sandbox-database.service.js';

const NAME_BYTES = 6;

export type CreatedPlatform = DemoFile & { sandbox: SandboxAccess };

/** Platforms of a sandbox: the demo's, and further ones for tests that need a separate platform. */
@Injectable()
export class SandboxPlatforms {
  private readonly parts: Parts;

  constructor(
    private readonly env: Environment,
    moduleRef: ModuleRef,
    private readonly database: SandboxDatabase,
    private readonly snapshots: PlatformSnapshots,
    private readonly lock: ReadWriteLock,
  ) {
    this.parts = { get: (part) => moduleRef.get(part, { strict: false }) };
  }

  /** The additional data in the file of a sandbox's credentials. */
  async access(): Promise<Omit<SandboxAccess, 'platformId'>> {
    const { sandboxToken: token } = this.env;
    if (token === null) throw new Error('SANDBOX is not set: this is no sandbox');
    return { token, refusedProductId: await this.database.refusedProductId() };
  }

  /** Creates another platform, with credentials for every API, and a snapshot to reset it to. */
  async create(baseUrl: string): Promise<CreatedPlatform> {
    const sandbox = await this.access();
    // A reset of another platform would wait for its locks.
    const leave = await this.lock.acquireRead();
    try {
      const name = `Sandbox platform ${randomToken(NAME_BYTES)}`;
      const { platformId, file } = await makeDemoPlatform(this.parts, name, { baseUrl, sandbox });
      await this.snapshots.take(platformId);
      return { ...file, sandbox: { ...sandbox, platformId: toSystemId('plt', platformId) } };
    } finally {
      leave();
    }
  }
}
