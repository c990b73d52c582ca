import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { AccessTokensService } from './access-tokens.service.js';
import { AdminAdministration } from './admin-administration.service.js';
import { AdminCredentials } from './admin-credentials.service.js';
import { AdminsService } from './admins.service.js';
import { ApprovedSecrets } from './approved-secrets.service.js';
import { AuditHeads } from './audit-heads.service.js';
import { ClientCredentialsService } from './client-credentials.service.js';
import { CredentialDelegation } from './credential-delegation.service.js';
import { CredentialAdministration } from './credential-administration.service.js';
import { CredentialOwners } from './credential-owners.service.js';
import { CredentialAuthenticator } from './credential-authenticator.service.js';
import { KeyAge } from './key-age.service.js';
import { LastUse } from './last-use.service.js';
import { OwnerKeys } from './owner-keys.service.js';
import { SecretHasher } from './secret-hasher.js';
import { SessionAdministration } from './session-administration.service.js';
import { SessionsService } from './sessions.service.js';
import { ListCursors } from './list-cursors.service.js';
import { SigningKeys } from './signing-keys.service.js';
import { BasicStrategy } from './strategies/basic.strategy.js';
import { SecretRenewal } from './secret-renewal.service.js';
import { FormerSecretsService } from './former-secrets.service.js';
import { BearerStrategy } from './strategies/bearer.strategy.js';
import { KeySecretStrategy } from './strategies/key-secret.strategy.js';

const SERVICES = [
  AccessTokensService,
  AdminAdministration,
  AdminCredentials,
  AdminsService,
  ApprovedSecrets,
  AuditHeads,
  ClientCredentialsService,
  CredentialAdministration,
  CredentialAuthenticator,
  FormerSecretsService,
  LastUse,
  OwnerKeys,
  SessionAdministration,
  SessionsService,
  ListCursors,
  SigningKeys,
];
const STRATEGIES = [KeySecretStrategy, BasicStrategy, BearerStrategy];

/** Authentication: credentials, sessions, tokens, and the Passport strategies that read them. */
@Module({
  imports: [PassportModule],
  providers: [
    SecretHasher,
    SecretRenewal,
    KeyAge,
    CredentialDelegation,
    CredentialOwners,
    ...STRATEGIES,
    ...SERVICES,
  ],
  exports: [...STRATEGIES, ...SERVICES],
})
export class AuthModule {}
