import { readFileSync, writeFileSync } from 'node:fs';
import { LATEST } from './options.js';
import { chartOf } from './report/chart.js';
import { withFigures } from './report/document.js';
import type { Results } from './report/results.js';

const CHART = 'docs/performance.svg';
const DOCUMENT = 'docs/performance.md';

/** Draws the chart and writes the tables from the committed figures, so that the documents match the measurements. */
const results = JSON.parse(readFileSync(LATEST, 'utf8')) as Results;
writeFileSync(CHART, chartOf(results));
writeFileSync(DOCUMENT, withFigures(readFileSync(DOCUMENT, 'utf8'), results));
process.stdout.write(`${CHART} and ${DOCUMENT} show the run of ${results.date}\n`);
