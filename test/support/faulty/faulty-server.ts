import { readCredentials } from '../../../packages/contract-checker/src/credentials.js';
import type { PlantedFault, Makes } from './faults.js';
import { OwnerContract } from './owner-contract.js';
import { PlatformContract } from './platform-contract.js';
import { WorkspaceContract } from './workspace-contract.js';
import { listen } from './wire.js';

/** In the form of `var/demo.json`. */
export const FAULTY_CREDENTIALS = {
  owner: { apiKey: 'owner-key-of-the-test', apiSecret: 'owner-secret-of-the-test' },
  ownerPending: { apiKey: 'pending-key-of-the-test', apiSecret: 'pending-secret-of-the-test' },
  workspace: {
    workspaceId: 456,
    accessToken: 'access-token-of-the-test',
    refreshToken: 'refresh-token-of-the-test',
    productId: 12,
  },
  workspacePending: { workspaceId: 457, accessToken: 'pending-token-of-the-test' },
  platform: {
    key: 'platform-key-of-the-test',
    secret: 'platform-secret-of-the-test',
    customerIdentifier: 'demo-group',
    pendingCustomerIdentifier: 'pending-group',
  },
};

/** The credentials as the checker parses them. */
export const faultyCredentials = () => readCredentials(JSON.stringify(FAULTY_CREDENTIALS), {});

/** Its balance is 100.30 US dollars. */
export const FUNDED_ACCOUNT = 'funded-account';

/**
 * A small server of the three contracts, implemented from them alone: it has none of Vostro's extensions. It has the
 * given faults, and no further ones.
 */
export async function startFaultyServer(
  ...faults: PlantedFault[]
): Promise<{ url: string; close: () => Promise<void> }> {
  const makes: Makes = (fault) => faults.includes(fault);
  const owner = new OwnerContract(makes);
  const workspace = new WorkspaceContract(makes);
  const platform = new PlatformContract(makes);
  return listen((asked) => {
    if (asked.path.startsWith('/api/v1')) return owner.serve(asked);
    if (/^\/(customers|raas|oauth)/.test(asked.path)) return platform.serve(asked);
    return workspace.serve(asked);
  });
}
