import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditSealer } from '../../src/audit/audit-sealer.service.js';
import { until } from './until.js';

/** Seals every waiting entry of the audit trail. A round in the background may hold a platform with an older snapshot. */
export async function sealAll(app: INestApplicationContext): Promise<void> {
  await until(async () => {
    await app.get(AuditSealer).sealAll();
    const [row] = await app
      .get(DataSource)
      .query<[{ n: number }]>('SELECT count(*)::int AS n FROM audit_unsealed');
    return row.n === 0;
  });
}
