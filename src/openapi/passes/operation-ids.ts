import type { OpenAPIObject } from '@nestjs/swagger';
import { callsOf } from '../openapi-types.js';

/** Where the words of the summary make no name that a client would like to call. */
const NAMES: Readonly<Record<string, string>> = {
  rotateSecretOfApiKey: 'rotateApiKey',
  changeAliasOfAccount: 'renameAccount',
  openAccountUnderCustomer: 'openAccount',
  listAccountsOfCustomer: 'listCustomerAccounts',
  changeAccountOfCustomer: 'changeAccount',
  listAccountsOfPlatform: 'listAccounts',
  transferFundsBetweenTwoAccounts: 'transferFunds',
  listLowBalanceAlertsOfAccount: 'listLowBalanceAlerts',
  askForAnotherJurisdiction: 'requestJurisdictionOverride',
  suspendOrActivateCustomer: 'actOnCustomer',
  submitApproveRejectOrReopenKycCase: 'actOnKycCase',
  tellWhatKycProviderFoundOut: 'receiveKycCallback',
  tellWhyAccountWasOpened: 'getAccountDecision',
  freezeUnfreezeDisableEnableCloseOrReopenAccount: 'actOnAccount',
  askForAdjustment: 'requestAdjustment',
  tellWhatAccountWentThrough: 'getAccountStatement',
  tellWhatAccountHoldsOrHeld: 'getAccountBalance',
  drawUpTrialBalance: 'getTrialBalance',
  approve: 'approveRequest',
  refuse: 'refuseRequest',
  rotateSecretOfCredential: 'rotateCredential',
  askToHavePlatformVerified: 'requestPlatformVerification',
  retireProductOrOfferItAgain: 'actOnProduct',
  previewChangeOfCurrencies: 'previewCurrencyChange',
  enableCurrencyInJurisdiction: 'enableJurisdictionCurrency',
  disableCurrencyInJurisdiction: 'disableJurisdictionCurrency',
  enableOrDisableCurrency: 'actOnCurrency',
  sendEmailAgain: 'resendEmail',
  rotateSecretOfWebhook: 'rotateWebhookSecret',
  listDeliveriesOfWebhook: 'listWebhookDeliveries',
  getDelivery: 'getWebhookDelivery',
  replayEventsToWebhook: 'replayEvents',
  tellWhoIAm: 'getMe',
};
const ARTICLES = new Set(['a', 'an', 'the']);

/**
 * Names each operation as a client of it calls it: in the words of its summary, `listAccounts`. Without `_`, which
 * Swagger UI's deep links take for a space.
 */
export function nameOperations(document: OpenAPIObject): void {
  const taken = new Set<string>();
  for (const { operation, method, path } of callsOf(document)) {
    const words = toName(operation.summary ?? '');
    const name = NAMES[words] ?? words;
    if (name === '' || taken.has(name))
      throw new Error(`${method} ${path} needs a name of its own: "${name}"`);
    taken.add(name);
    operation.operationId = name;
  }
}

/** `List API keys` → `listApiKeys` */
function toName(summary: string): string {
  const words = summary.replaceAll('e-mail', 'email').match(/[A-Za-z0-9]+/g) ?? [];
  const counted = words.filter((word) => !ARTICLES.has(word.toLowerCase()));
  return counted
    .map((word, index) =>
      index === 0 ? word.toLowerCase() : `${word.charAt(0).toUpperCase()}${word.slice(1).toLowerCase()}`,
    )
    .join('');
}
