import type { Type } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { systemContext } from '../audit/audit-context.js';
import { AdminsService } from '../auth/admins.service.js';
import { OWNER_SCOPES, SCOPES } from '../auth/caller.js';
import { CredentialAdministration, type NewCredential } from '../auth/credential-administration.service.js';
import { SessionsService } from '../auth/sessions.service.js';
import { ChangeFeed, TOPICS } from '../database/change-feed.service.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Admin, type AdminRole } from '../entities/admin.entity.js';
import { Product } from '../entities/product.entity.js';
import { Clock } from '../shared/clock.js';
import { toSystemId } from '../shared/object-id.js';
import { createDemoPlatform, DEMO_ACTOR, type DemoData, ensureDemoData } from './demo-data.js';
import {
  type DemoFile,
  type DemoFiles,
  type DemoOperators,
  readDemos,
  type SandboxAccess,
  writeDemoFiles,
} from './demo-file.js';
import { demoOfDatabase, platformIdIn } from './stored-demo.js';

const ACT = systemContext(DEMO_ACTOR, 'the demo of a first start');
/** Currency of the product that the demo's workspaces open. */
const DEMO_PRODUCT_CURRENCY = 'USD';

/** Resolves providers: the app itself, or an object that provides all of them. */
export interface Parts {
  get<T>(part: Type<T>): T;
}

/** The URL of the demo, and the additional data of a sandbox. */
export interface DemoPlace {
  baseUrl: string;
  sandbox?: Omit<SandboxAccess, 'platformId'>;
}

/** The demo and the path of its file: `demo.json`, or another name if that file belongs to another database. */
export interface PreparedDemo extends DemoFiles {
  path: string;
}

/**
 * Creates the demo on the first start, and new tokens for it on every start.
 * @param folder of its files; when they are lost, the demo gets new credentials
 */
export async function prepareDemo(
  app: Parts,
  { folder, ...place }: DemoPlace & { folder: string },
): Promise<PreparedDemo> {
  const stored = await readDemos(folder);
  const { number, ...files } = await app.get(UnitOfWork).run(async (tx) => {
    const known = await demoOfDatabase(tx, stored);
    const data = await ensureDemoData(tx, platformIdIn(known), app.get(Clock).now());
    const credentials = known.demo ?? (await issueCredentials(app, tx, data));
    const operators = known.operators ?? (await issueOperators(app, tx));
    for (const topic of TOPICS) await app.get(ChangeFeed).announce(tx, topic);
    const demo = await describe(app, tx, { data, credentials, place });
    return { number: known.number, demo, operators };
  });
  return { ...files, path: await writeDemoFiles(folder, number, files) };
}

/** Creates another platform like the demo's, with its own credentials. @param name unique among the platforms */
export async function makeDemoPlatform(
  app: Parts,
  name: string,
  place: DemoPlace,
): Promise<{ platformId: string; file: DemoFile }> {
  return app.get(UnitOfWork).run(async (tx) => {
    const data = await createDemoPlatform(tx, name, app.get(Clock).now());
    const credentials = await issueCredentials(app, tx, data);
    return { platformId: data.platformId, file: await describe(app, tx, { data, credentials, place }) };
  });
}

async function describe(
  app: Parts,
  tx: EntityManager,
  { data, credentials, place }: { data: DemoData; credentials: DemoCredentials; place: DemoPlace },
): Promise<DemoFile> {
  const product = await tx.findOneByOrFail(Product, { currencyCode: DEMO_PRODUCT_CURRENCY });
  const { baseUrl, sandbox } = place;
  const platformId = toSystemId('plt', data.platformId);
  return {
    baseUrl,
    owner: credentials.owner,
    ownerPending: credentials.ownerPending,
    workspace: await beginSession(app, tx, data, 'demo-holder', product.id),
    workspacePending: await beginSession(app, tx, data, 'demo-holder-pending', product.id),
    platform: {
      ...credentials.platform,
      customerIdentifier: 'demo-group',
      pendingCustomerIdentifier: 'demo-owner-pending',
    },
    admin: credentials.admin,
    ...(sandbox === undefined ? {} : { sandbox: { ...sandbox, platformId } }),
  };
}

type DemoCredentials = Pick<DemoFile, 'owner' | 'ownerPending' | 'admin'> & {
  platform: Pick<DemoFile['platform'], 'key' | 'secret'>;
};

async function issueCredentials(
  app: Parts,
  tx: EntityManager,
  { platformId, customers }: DemoData,
): Promise<DemoCredentials> {
  const unlimited = { adminId: null, expiresAt: null, allowedCurrencies: null, allowedNetworks: null };
  const issue = (wanted: Pick<NewCredential, 'kind' | 'customerId' | 'scopes'>) =>
    app
      .get(CredentialAdministration)
      .issue(tx, { ...wanted, ...unlimited, platformId, name: `demo ${wanted.kind}` }, ACT);
  const issueOwner = async (identifier: string) => {
    const customerId = customers.get(identifier)?.customerId ?? null;
    const { key, secret } = await issue({ kind: 'owner', customerId, scopes: OWNER_SCOPES });
    return { apiKey: key, apiSecret: secret };
  };
  const owner = await issueOwner('demo-owner');
  const ownerPending = await issueOwner('demo-owner-pending');
  const platform = await issue({ kind: 'platform', customerId: null, scopes: SCOPES });
  return {
    owner,
    ownerPending,
    platform: { key: platform.key, secret: platform.secret },
    admin: await issueAdmin(app, tx, 'Demo admin', 'approver'),
  };
}

async function issueOperators(app: Parts, tx: EntityManager): Promise<DemoOperators> {
  return {
    approver: await issueAdmin(app, tx, 'Demo approver', 'approver'),
    viewer: await issueAdmin(app, tx, 'Demo viewer', 'viewer'),
  };
}

async function issueAdmin(
  app: Parts,
  tx: EntityManager,
  name: string,
  role: AdminRole,
): Promise<DemoFile['admin']> {
  const admins = app.get(AdminsService);
  const known = await tx.findOneBy(Admin, { name });
  const issued =
    known === null ? await admins.create(tx, { name, role }, ACT) : await admins.issueKey(tx, known.id, ACT);
  return { key: issued.key, secret: issued.secret };
}

async function beginSession(
  app: Parts,
  tx: EntityManager,
  { platformId, customers }: DemoData,
  ...[identifier, productId]: [identifier: string, productId: number]
): Promise<DemoFile['workspace']> {
  const workspaceId = customers.get(identifier)?.workspaceId;
  if (workspaceId === undefined) throw new Error(`the demo has no workspace of ${identifier}`);
  const sessions = app.get(SessionsService);
  const { sessionId, refreshToken } = await sessions.begin(tx, platformId, workspaceId);
  const accessToken = await sessions.issueAccessToken(platformId, sessionId);
  return { workspaceId: Number(workspaceId), accessToken, refreshToken: refreshToken.value, productId };
}
