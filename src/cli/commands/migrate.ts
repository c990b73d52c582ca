import { EXIT } from '../failure.js';
import type { CommandSpec } from '../shell.js';
import { withDatabase } from '../with-app.js';

export const MIGRATE: CommandSpec<object> = {
  name: 'migrate',
  description: 'Bring the database up to date.',
  examples: ['migrate', 'migrate --json'],
  run: async (_options, { output }) => {
    await withDatabase(output, () => Promise.resolve());
    output.result({ database: 'up_to_date' }, ['The database is up to date.']);
    return EXIT.done;
  },
};
