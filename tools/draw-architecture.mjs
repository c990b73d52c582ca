/**
 * `npm run docs:architecture` draws docs/images/architecture.dot with Graphviz; `--check` fails when the picture is out
 * of date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { instance } from '@viz-js/viz';

const SOURCE = 'docs/images/architecture.dot';
const PICTURE = 'docs/images/architecture.svg';

const viz = await instance();
const svg = viz.renderString(readFileSync(SOURCE, 'utf8'), { format: 'svg', engine: 'dot' });
if (process.argv[2] !== '--check') writeFileSync(PICTURE, svg);
else if (readFileSync(PICTURE, 'utf8') !== svg) {
  process.stderr.write(`${PICTURE} is stale: run npm run docs:architecture.\n`);
  process.exitCode = 1;
}
