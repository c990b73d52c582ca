import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CredentialAuthenticator } from '../../src/auth/credential-authenticator.service.js';
import type { DemoFile } from '../../src/demo/demo-file.js';
import { prepareDemo } from '../../src/demo/demo.js';
import { openFolder } from '../support/program.js';
import { createWorld, type World } from '../support/world.js';

let world: World;
let folder: string;

beforeEach(async () => {
  world = await createWorld();
  folder = openFolder();
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await world.close();
});

const seed = async ({ app }: World): Promise<void> => {
  await prepareDemo(app, { folder, baseUrl: 'http://127.0.0.1' });
};
const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8');
const demoIn = (name: string): DemoFile => JSON.parse(textOf(name)) as DemoFile;
const secretsIn = (name: string): string[] => {
  const { owner, ownerPending, platform, admin } = demoIn(name);
  return [owner.apiSecret, ownerPending.apiSecret, platform.secret, admin.secret];
};
/** Asks the service directly, because Passport holds the strategies of only one application per process. */
const isGood = async ({ platform }: DemoFile, { app }: World): Promise<boolean> => {
  const presentation = { address: null, refused: () => undefined };
  return (
    (await app.get(CredentialAuthenticator).authenticate(platform.key, platform.secret, presentation)) !==
    null
  );
};
const platformIdOf = ({ platform }: DemoFile): string | undefined => platform.key.split('_')[1];
const rename = (name: string): Promise<unknown> =>
  world.dataSource.query(`UPDATE platforms SET name = $1 WHERE name = 'Demo Platform'`, [name]);

describe('A demo in a second database', () => {
  let second: World;
  beforeEach(async () => {
    second = await createWorld();
  });
  afterEach(() => second.close());

  it('has credentials of its own in a second file, and the first file is unchanged', async () => {
    await seed(world);
    const kept = [textOf('demo.json'), textOf('demo-operators.json')];
    await seed(second);
    expect([textOf('demo.json'), textOf('demo-operators.json')]).toEqual(kept);
    expect(await isGood(demoIn('demo-2.json'), second)).toBe(true);
    expect(await isGood(demoIn('demo.json'), world)).toBe(true);
    expect(existsSync(join(folder, 'demo-operators-2.json'))).toBe(true);
  });

  it('keeps its credentials when it is prepared again, as the first demo does', async () => {
    await seed(world);
    await seed(second);
    const before = [secretsIn('demo.json'), secretsIn('demo-2.json')];
    await seed(second);
    await seed(world);
    expect([secretsIn('demo.json'), secretsIn('demo-2.json')]).toEqual(before);
    expect(existsSync(join(folder, 'demo-3.json'))).toBe(false);
  });

  it('does not overwrite a file with the operators of another database', async () => {
    await seed(world);
    rmSync(join(folder, 'demo.json'));
    const kept = textOf('demo-operators.json');
    await seed(second);
    expect(textOf('demo-operators.json')).toBe(kept);
    expect(await isGood(demoIn('demo-2.json'), second)).toBe(true);
  });
});

describe('A demo that is prepared again', () => {
  it('has the same platform and credentials after an admin renamed the platform', async () => {
    await seed(world);
    const before = secretsIn('demo.json');
    const platforms = await world.count('platforms');
    await rename('Our trial');
    await seed(world);
    expect(secretsIn('demo.json')).toEqual(before);
    expect(await world.count('platforms')).toBe(platforms);
  });

  it('has the same platform also when its file was lost', async () => {
    await seed(world);
    const id = platformIdOf(demoIn('demo.json'));
    await rename('Our trial');
    rmSync(join(folder, 'demo.json'));
    await seed(world);
    expect(platformIdOf(demoIn('demo.json'))).toBe(id);
    expect(await isGood(demoIn('demo.json'), world)).toBe(true);
  });

  it('keeps its credentials when the operators’ file was lost, and those of the operators when the demo’s file was lost', async () => {
    await seed(world);
    const before = secretsIn('demo.json');
    rmSync(join(folder, 'demo-operators.json'));
    await seed(world);
    expect(secretsIn('demo.json')).toEqual(before);
    const operators = textOf('demo-operators.json');
    rmSync(join(folder, 'demo.json'));
    await seed(world);
    expect(textOf('demo-operators.json')).toBe(operators);
  });

  it('replaces a file that cannot be parsed', async () => {
    writeFileSync(join(folder, 'demo.json'), '{"baseUrl": ');
    await seed(world);
    expect(await isGood(demoIn('demo.json'), world)).toBe(true);
  });
});

describe('A platform that an admin named like the demo’s', () => {
  it('is not used as the demo', async () => {
    const { id } = await world.make.aPlatform();
    await world.dataSource.query(`UPDATE platforms SET name = 'Demo Platform' WHERE id = $1`, [id]);
    await seed(world);
    expect(platformIdOf(demoIn('demo.json'))).not.toBe(id);
    expect(await world.count('credentials', `platform_id = ${id}`)).toBe(0);
  });
});
