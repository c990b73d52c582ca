import { anAmount, type Filled, type Plans } from './plan.js';
import type { Seeds } from './seeds.js';

const ofCustomer = ({ customer }: Seeds): Filled => ({
  parameters: { customerIdentifier: customer.identifier },
});
const ofAccount = (seeds: Seeds): Filled => ({
  parameters: { customerIdentifier: seeds.customer.identifier, accountIdentifier: seeds.account.identifier },
});
/** The document allows any size: without pages it is ignored. */
const PAGE = { cursor: undefined, nextCursor: undefined, prevCursor: undefined, maxResults: 25 };

/** An alert on a new account, because the number of alerts per account is limited. */
async function anAlert(seeds: Seeds): Promise<Filled> {
  const { identifier } = await seeds.anAccount();
  const parameters = { customerIdentifier: seeds.customer.identifier, accountIdentifier: identifier };
  const path = `/customers/${parameters.customerIdentifier}/accounts/${identifier}/lowbalance`;
  const { body } = await seeds.world.send('POST', path, {
    headers: await seeds.world.make.platformHeaders(seeds.platformId),
    body: {
      balanceAlertDisplayName: 'For generated requests',
      balanceAlertThreshold: 10,
      balanceAlertNotification: [{ emailAddress: 'ops@example.com' }],
    },
  });
  return { parameters: { ...parameters, balanceAlertID: body.balanceAlertID } };
}

export const PLATFORM_PLANS: Plans = {
  getCustomer: { fill: ofCustomer },
  openAccount: { fill: ofCustomer },
  listCustomerAccounts: {
    fill: (seeds) => ({ parameters: { ...ofCustomer(seeds).parameters, ...PAGE } }),
  },
  listAccounts: { fill: () => ({ parameters: PAGE }) },
  getAccount: { fill: ofAccount },
  changeAccount: { fill: ofAccount },
  transferFunds: {
    fill: (seeds, made) => ({
      body: {
        transferFrom: seeds.account.identifier,
        transferTo: seeds.other.identifier,
        amount: anAmount(made),
      },
    }),
  },
  listLowBalanceAlerts: { fill: ofAccount },
  createLowBalanceAlert: {
    fill: async (seeds, made) => ({
      parameters: {
        customerIdentifier: seeds.customer.identifier,
        accountIdentifier: (await seeds.anAccount()).identifier,
      },
      body: { balanceAlertThreshold: anAmount(made) },
    }),
  },
  getLowBalanceAlert: { fill: anAlert },
  changeLowBalanceAlert: {
    fill: async (seeds, made) => ({
      ...(await anAlert(seeds)),
      body: { balanceAlertThreshold: anAmount(made) },
    }),
  },
  deleteLowBalanceAlert: { fill: anAlert },
  // The credentials are in the header, and must not be in the form as well.
  getAccessToken: {
    fill: () => ({
      always: { client_id: undefined, client_secret: undefined },
      body: { scope: 'accounts:read' },
    }),
  },
};
