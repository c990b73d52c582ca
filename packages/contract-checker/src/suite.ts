import type { ApiSession } from './api-session.js';
import type { Api, ContractCheck, CheckInfo } from './check.js';
import type { OwnerSession } from './owner/owner-session.js';
import { OWNER_EVERY_ANSWER, OWNER_EXTENSIONS } from './owner/extension.checks.js';
import { OWNER_OPENING, OWNER_RACES } from './owner/opening.checks.js';
import { OWNER_READING } from './owner/reading.checks.js';
import { OWNER_REFUSING } from './owner/refusing.checks.js';
import { PLATFORM_CHANGING } from './platform/changing.checks.js';
import { PLATFORM_CREDENTIALS } from './platform/credentials.checks.js';
import { PLATFORM_EVERY_ANSWER, PLATFORM_EXTENSIONS } from './platform/extension.checks.js';
import { PLATFORM_OPENING } from './platform/opening.checks.js';
import type { PlatformSession } from './platform/platform-session.js';
import { PLATFORM_READING } from './platform/reading.checks.js';
import { PLATFORM_REFUSING } from './platform/refusing.checks.js';
import { PLATFORM_TRANSFERS } from './platform/transfers.checks.js';
import { WORKSPACE_EVERY_ANSWER, WORKSPACE_EXTENSIONS } from './workspace/extension.checks.js';
import { WORKSPACE_OPENING } from './workspace/opening.checks.js';
import { WORKSPACE_REFUSING } from './workspace/refusing.checks.js';
import { WORKSPACE_SESSIONS } from './workspace/sessions.checks.js';
import type { WorkspaceSession } from './workspace/workspace-session.js';

/** The checks of each API, in the order in which they run. */
const CHECKS: {
  owner: readonly ContractCheck<OwnerSession>[];
  workspace: readonly ContractCheck<WorkspaceSession>[];
  platform: readonly ContractCheck<PlatformSession>[];
} = {
  owner: [
    ...[...OWNER_OPENING, ...OWNER_READING, ...OWNER_RACES, ...OWNER_REFUSING],
    ...[...OWNER_EXTENSIONS, ...OWNER_EVERY_ANSWER],
  ],
  workspace: [
    ...[...WORKSPACE_OPENING, ...WORKSPACE_REFUSING, ...WORKSPACE_EXTENSIONS],
    // Every response is examined before the last check ends the session, because that may end the run's access, too.
    ...[...WORKSPACE_EVERY_ANSWER, ...WORKSPACE_SESSIONS],
  ],
  platform: [
    ...[...PLATFORM_OPENING, ...PLATFORM_READING, ...PLATFORM_CHANGING, ...PLATFORM_REFUSING],
    ...[...PLATFORM_CREDENTIALS, ...PLATFORM_TRANSFERS, ...PLATFORM_EXTENSIONS, ...PLATFORM_EVERY_ANSWER],
  ],
};

/** A check that is ready to run. */
export interface BoundCheck extends CheckInfo {
  session: ApiSession;
  /** @throws ContractFault, Skipped */
  perform: () => Promise<void>;
}

export interface Sessions {
  owner?: OwnerSession;
  workspace?: WorkspaceSession;
  platform?: PlatformSession;
}

export function checksOf(api: Api): readonly CheckInfo[] {
  return CHECKS[api];
}

/** The checks of every API that has a session. */
export function bind({ owner, workspace, platform }: Sessions): BoundCheck[] {
  return [
    ...bindTo(owner, CHECKS.owner),
    ...bindTo(workspace, CHECKS.workspace),
    ...bindTo(platform, CHECKS.platform),
  ];
}

function bindTo<S extends ApiSession>(
  session: S | undefined,
  checks: readonly ContractCheck<S>[],
): BoundCheck[] {
  if (session === undefined) return [];
  return checks.map((check) => ({ ...check, session, perform: () => check.run(session) }));
}
