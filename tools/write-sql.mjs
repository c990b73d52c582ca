/** `npm run sql` writes the text of every prepared statement of the built app to docs/sql/; `npm test` compares them. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
require('reflect-metadata');
// Imports every module, which defines every statement.
require('../dist/app.module.js');
const { preparedTexts } = require('../dist/database/prepared.js');

const FOLDER = 'docs/sql';

mkdirSync(FOLDER, { recursive: true });
for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.sql'))) rmSync(join(FOLDER, file));
for (const [name, text] of preparedTexts()) writeFileSync(join(FOLDER, `${name}.sql`), `${text}\n`);
