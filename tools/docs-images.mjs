/**
 * `npm run docs:images` copies the screenshots of the last browser test run into docs/images, with a digest of the
 * content of each: `npm run check` fails when the content has changed since.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const DIGESTS = 'docs/images/screenshots.json';

const admin = () => JSON.parse(readFileSync('docs/openapi/admin.json', 'utf8'));
const operations = () =>
  Object.entries(admin().paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { summary, tags }]) => [method, path, summary, tags]),
  );

/** For each screenshot, the parts of the page that it shows. */
const SHOWN = {
  'approve-kyc': () => {
    const { summary, description, parameters } = admin().paths['/admin/kyc-cases/{id}/{act}'].post;
    return { summary, description, parameters };
  },
  viewer: () => ({ info: admin().info.description, operations: operations() }),
};

/** Sources that affect every screenshot. */
const page = () => ({
  swaggerUi: require('swagger-ui-dist/package.json').version,
  plugin: readFileSync('src/openapi/docs-plugin.ts', 'utf8').replace(/\/\*\*[\s\S]*?\*\//g, ''),
});

function digests() {
  return Object.fromEntries(
    Object.entries(SHOWN).map(([name, shown]) => [
      name,
      createHash('sha256')
        .update(JSON.stringify([shown(), page()]))
        .digest('hex')
        .slice(0, 16),
    ]),
  );
}

if (process.argv[2] === '--check') {
  const stale = Object.entries(digests()).filter(
    ([name, digest]) => JSON.parse(readFileSync(DIGESTS, 'utf8'))[name] !== digest,
  );
  if (stale.length > 0) {
    process.stderr.write(
      `Stale screenshots: ${stale.map(([name]) => name).join(', ')}. Run npm run docs:images.\n`,
    );
    process.exitCode = 1;
  }
} else {
  for (const name of Object.keys(SHOWN))
    copyFileSync(`var/screenshots/${name}.png`, `docs/images/${name}.png`);
  writeFileSync(DIGESTS, `${JSON.stringify(digests(), null, 2)}\n`);
}
