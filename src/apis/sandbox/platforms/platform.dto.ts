import { ApiProperty } from '@nestjs/swagger';
import type { CreatedPlatform } from '../../../sandbox/sandbox-platforms.service.js';

class SandboxOwnerKey {
  @ApiProperty({ description: 'For `X-API-KEY`.', example: 'vk_2_4wYkQm0r8QnHcB3vS1xZ7A' })
  apiKey!: string;

  @ApiProperty({ description: 'For `X-API-SECRET`.', example: 'a-secret-of-43-characters' })
  apiSecret!: string;
}

class SandboxWorkspace {
  @ApiProperty({ description: 'For `Workspace-ID`.', type: 'integer', example: 9 })
  workspaceId!: number;

  @ApiProperty({
    description: 'Valid for 15 minutes of the bank’s clock.',
    example: 'eyJhbGciOiJFUzI1NiJ9.e30.x',
  })
  accessToken!: string;

  @ApiProperty({ description: 'Valid for 14 days and one use.', example: 'vr_2_9-a-secret-of-43-characters' })
  refreshToken!: string;

  @ApiProperty({ description: 'A product that may be opened.', type: 'integer', example: 7 })
  productId!: number;
}

class SandboxKey {
  @ApiProperty({ description: 'The key.', example: 'vk_0_Qm0r8QnHcB3vS1xZ7A4wYk' })
  key!: string;

  @ApiProperty({ description: 'Its secret.', example: 'a-secret-of-43-characters' })
  secret!: string;
}

class SandboxPlatformKey extends SandboxKey {
  @ApiProperty({ description: 'A customer of the platform.', example: 'demo-group' })
  customerIdentifier!: string;

  @ApiProperty({ description: 'A customer whose KYC is pending.', example: 'demo-owner-pending' })
  pendingCustomerIdentifier!: string;
}

class SandboxControls {
  @ApiProperty({ description: 'The token of this API.', example: 'the-token-that-this-call-was-made-with' })
  token!: string;

  @ApiProperty({ description: 'The platform, as a reset names it.', pattern: '^plt_', example: 'plt_2' })
  platformId!: string;

  @ApiProperty({ description: 'A product whose opening is refused.', type: 'integer', example: 9 })
  refusedProductId!: number;
}

/** As in the file of a sandbox's credentials. */
export class SandboxPlatformResponse {
  @ApiProperty({ description: 'Where this server was called.', example: 'http://bank.example:3000' })
  baseUrl!: string;

  @ApiProperty({ description: 'An owner that may open accounts.' })
  owner!: SandboxOwnerKey;

  @ApiProperty({ description: 'An owner whose KYC is pending.' })
  ownerPending!: SandboxOwnerKey;

  @ApiProperty({ description: 'A workspace whose holder may open accounts.' })
  workspace!: SandboxWorkspace;

  @ApiProperty({ description: 'A workspace whose holder’s KYC is pending.' })
  workspacePending!: SandboxWorkspace;

  @ApiProperty({ description: 'A key of the platform itself.' })
  platform!: SandboxPlatformKey;

  @ApiProperty({ description: 'A key of an approver. Admins are of the whole bank, not of one platform.' })
  admin!: SandboxKey;

  @ApiProperty({ description: 'What this API takes.' })
  sandbox!: SandboxControls;
}

export class SandboxResetResponse {
  @ApiProperty({ description: 'The platform.', pattern: '^plt_', example: 'plt_2' })
  platformId!: string;

  @ApiProperty({
    description: 'How long it took, in milliseconds.',
    type: 'integer',
    minimum: 0,
    example: 14,
  })
  durationMs!: number;
}

export function presentPlatform(made: CreatedPlatform): SandboxPlatformResponse {
  const { baseUrl, owner, ownerPending, workspace, workspacePending, platform, admin, sandbox } = made;
  return { baseUrl, owner, ownerPending, workspace, workspacePending, platform, admin, sandbox };
}
