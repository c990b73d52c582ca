import { systemContext } from '../../audit/audit-context.js';
import { AuditTrail } from '../../audit/audit-trail.service.js';
import { ChangeFeed } from '../../database/change-feed.service.js';
import { seedReferenceData } from '../../database/seeds/reference-data.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { Currency } from '../../entities/currency.entity.js';
import { SYSTEM_PLATFORM_ID } from '../../entities/platform.entity.js';
import { Clock } from '../../shared/clock.js';
import { toSystemId } from '../../shared/object-id.js';
import { EXIT } from '../failure.js';
import type { CommandSpec } from '../shell.js';
import { withApp } from '../with-app.js';

const ACT = systemContext('command line', 'reference data to begin with');
const TOPICS = ['currencies', 'jurisdictions', 'products'] as const;

export const REFERENCE_DATA: CommandSpec<object> = {
  name: 'reference-data',
  description:
    'Put currencies, jurisdictions and products into a database that has none. The admin API changes them later.',
  examples: ['reference-data', 'reference-data --json'],
  run: async (_options, { output }) => {
    const isNew = await withApp(output, (app) =>
      app.get(UnitOfWork).run(async (tx) => {
        // Of two concurrent runs the second waits, and then finds the rows that the first one wrote.
        await tx.query('LOCK TABLE currencies IN SHARE ROW EXCLUSIVE MODE');
        if (await tx.exists(Currency)) return false;
        await seedReferenceData(tx, app.get(Clock).now());
        for (const topic of TOPICS) await app.get(ChangeFeed).announce(tx, topic);
        await app.get(AuditTrail).append(tx, {
          platformId: SYSTEM_PLATFORM_ID,
          action: 'reference_data.seeded',
          audit: ACT,
          objectId: toSystemId('plt', SYSTEM_PLATFORM_ID),
        });
        return true;
      }),
    );
    const text = isNew ? 'Currencies, jurisdictions and products are there.' : 'They are there already.';
    output.result({ referenceData: isNew ? 'seeded' : 'unchanged' }, [text]);
    return EXIT.done;
  },
};
