import { Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { CredentialAdministration } from '../../../auth/credential-administration.service.js';
import { MAX_LIVE_KEYS, OwnerKeys } from '../../../auth/owner-keys.service.js';
import { Call, type CallContext, subjectOf } from '../../../http/call.decorator.js';
import { OWNER_PATH } from '../errors.js';
import { OwnerManages } from '../owner-operation.decorator.js';
import {
  IssueApiKeyRequest,
  OwnerApiKeyResponse,
  OwnerIssuedApiKeyResponse,
  presentApiKey,
  presentIssuedKey,
  RotateApiKeyRequest,
} from './api-key.dto.js';
import {
  type IssueCommand,
  IssueApiKeyPipe,
  type RevokeCommand,
  RevokeApiKeyPipe,
  type RotateCommand,
  RotateApiKeyPipe,
} from './api-key.pipes.js';

const KeyIdParam = (): MethodDecorator =>
  ApiParam({
    name: 'keyId',
    description: 'Its id.',
    schema: { type: 'string' },
    example: 'vk_1_QJ4NlBMYwhHUThWXe6HkaA',
  });

/** An owner's own keys. They can be managed in any KYC status: a leaked key must be revocable. */
@ApiTags('API keys')
@Controller(`${OWNER_PATH.slice(1)}/api-keys`)
export class OwnerApiKeysController {
  constructor(
    private readonly credentials: CredentialAdministration,
    private readonly keys: OwnerKeys,
  ) {}

  @Get()
  @OwnerManages('api-keys:read', {
    operationId: 'listApiKeys',
    summary: 'List API keys',
    description: 'The owner’s keys, revoked ones too; never with a secret.',
    refusals: [],
  })
  @ApiOkResponse({ type: [OwnerApiKeyResponse], description: 'In the order of their issue.' })
  async list(@Call() call: CallContext): Promise<OwnerApiKeyResponse[]> {
    const keys = await this.credentials.listOfCustomer(call.caller.platformId, subjectOf(call).customerId);
    return keys.map(presentApiKey);
  }

  @Post()
  @OwnerManages('api-keys:write', {
    operationId: 'issueApiKey',
    summary: 'Issue an API key',
    description:
      'It allows no more than the key of the call in scopes, currencies, networks and expiry, and inherits what the ' +
      `request leaves out. The secret is shown this once. An owner has ${MAX_LIVE_KEYS} live keys at most.`,
    refusals: ['authority_exceeded', 'api_key_limit_reached'],
    writes: true,
  })
  @ApiBody({ type: IssueApiKeyRequest })
  @ApiCreatedResponse({ type: OwnerIssuedApiKeyResponse, description: 'The key and its secret.' })
  async issue(@Call(IssueApiKeyPipe) { wanted, command }: IssueCommand): Promise<OwnerIssuedApiKeyResponse> {
    return presentIssuedKey(await this.keys.issue(wanted, command));
  }

  @Post(':keyId/rotate')
  @HttpCode(200)
  @OwnerManages('api-keys:write', {
    operationId: 'rotateApiKey',
    summary: 'Rotate the secret of an API key',
    description:
      'The new secret is shown this once; the one before stays good for the overlap, so that nothing stops. Only a ' +
      'key that allows no more than the key of the call.',
    refusals: ['object_not_found', 'authority_exceeded', 'transition_not_allowed'],
    writes: true,
  })
  @KeyIdParam()
  @ApiBody({ type: RotateApiKeyRequest })
  @ApiOkResponse({ type: OwnerIssuedApiKeyResponse, description: 'The key and its new secret.' })
  async rotate(
    @Call(RotateApiKeyPipe) { name, overlapSeconds, command }: RotateCommand,
  ): Promise<OwnerIssuedApiKeyResponse> {
    return presentIssuedKey(await this.keys.rotate(name, overlapSeconds, command));
  }

  @Delete(':keyId')
  @OwnerManages('api-keys:write', {
    operationId: 'revokeApiKey',
    summary: 'Revoke an API key',
    description:
      'For good, in force everywhere within a second. A key may revoke itself, and those that allow no more than it does.',
    refusals: ['object_not_found', 'authority_exceeded', 'transition_not_allowed'],
  })
  @KeyIdParam()
  @ApiOkResponse({ type: OwnerApiKeyResponse, description: 'The key, revoked.' })
  async revoke(@Call(RevokeApiKeyPipe) { name, command }: RevokeCommand): Promise<OwnerApiKeyResponse> {
    return presentApiKey(await this.keys.revoke(name, command));
  }
}
