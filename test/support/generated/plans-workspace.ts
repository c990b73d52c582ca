import { type Filled, oneOf, type Plans } from './plan.js';
import type { Seeds } from './seeds.js';

/** Products of current accounts in currencies that are enabled in the US. */
const PRODUCTS = [1, 2, 4, 5, 6, 7];

const inWorkspace = (seeds: Seeds): Filled => ({
  parameters: { 'Workspace-ID': Number(seeds.workspace.id) },
});

/** An account with a zero balance and a unique alias. */
async function anAccount(seeds: Seeds): Promise<Filled> {
  const headers = await seeds.world.make.workspaceHeaders(seeds.workspace);
  const body = { productID: 7, alias: seeds.name('workspace account') };
  const { body: account } = await seeds.world.send('POST', '/accounts', { headers, body });
  return { parameters: { 'Workspace-ID': Number(seeds.workspace.id), id: account.id } };
}

export const WORKSPACE_PLANS: Plans = {
  openAccount: {
    fill: (seeds, made) => ({
      ...inWorkspace(seeds),
      body: { productID: oneOf(made, PRODUCTS), alias: seeds.name('alias') },
    }),
  },
  listAccounts: { fill: inWorkspace },
  getAccount: { fill: anAccount },
  renameAccount: { fill: anAccount },
  closeAccount: { fill: anAccount },
  // The call ends the session.
  logOut: {
    fill: async (seeds) => ({ headers: await seeds.world.make.workspaceHeaders(seeds.workspace) }),
  },
  // A refresh token can be used once.
  refreshTokens: {
    fill: async (seeds) => {
      const { refreshToken } = await seeds.world.make.aSession(seeds.platformId, seeds.workspace.id);
      return { headers: { authorization: `Bearer ${refreshToken.value}` } };
    },
  },
};
