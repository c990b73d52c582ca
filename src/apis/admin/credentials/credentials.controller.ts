import { Controller, Get, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CREDENTIAL_LIST } from '../../../auth/credential-list.js';
import {
  CredentialKeeper,
  type CredentialView,
  DEFAULT_OVERLAP_SECONDS,
  type IssuedCredential,
} from '../../../auth/credential-keeper.service.js';
import { claimOf } from '../../../http/call.decorator.js';
import { NoStore } from '../../../http/constant-header.decorator.js';
import { Clock } from '../../../shared/clock.js';
import type { ListQuery } from '../../../shared/listing.js';
import type { TenantObject } from '../../../shared/object-id.js';
import { AdminAct, AdminCreate, AdminRead } from '../admin-operation.decorator.js';
import { Command, ReasonBody, ReasonRequest, type Told } from '../command.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { IdParam, TenantId } from '../path-ids.js';
import { REASON_PLACEHOLDER } from '../properties.js';
import {
  CredentialResponse,
  IssueCredentialRequest,
  IssuedCredentialResponse,
  presentCredential,
  presentIssued,
  RotateCredentialRequest,
} from './credential.dto.js';
import { toNewCredential } from './new-credential.js';

const ISSUE_EXAMPLES = {
  owner: { value: { kind: 'owner', name: 'back office', customer: 'cus_1_1', reason: REASON_PLACEHOLDER } },
  platform: {
    value: { kind: 'platform', name: 'back office', platform: 'plt_1', reason: REASON_PLACEHOLDER },
  },
};

@ApiTags('Credentials')
@Controller('admin/credentials')
export class AdminCredentialsController {
  private readonly present = (credential: CredentialView): CredentialResponse =>
    presentCredential(credential, this.clock.now());
  private readonly presentIssued = (credential: IssuedCredential): IssuedCredentialResponse =>
    presentIssued(credential, this.clock.now());

  constructor(
    private readonly keeper: CredentialKeeper,
    private readonly clock: Clock,
  ) {}

  @Get()
  @AdminRead({
    summary: 'List credentials',
    description: 'With their limits and last use; never with a secret.',
    refusals: ['validation_failed'],
  })
  @ListDocs(CREDENTIAL_LIST, CredentialResponse)
  async list(@List(CREDENTIAL_LIST) query: ListQuery): Promise<PageResponse<CredentialResponse>> {
    return presentPage(await this.keeper.list(query), query, this.present);
  }

  @Post()
  @NoStore()
  @AdminCreate({
    summary: 'Issue a credential',
    description:
      'For a customer (owner API) or a platform. The secret is shown this once. Admins’ keys: the command line.',
    refusals: ['object_not_found'],
  })
  @ApiBody({ type: IssueCredentialRequest, examples: ISSUE_EXAMPLES })
  @ApiCreatedResponse({ type: IssuedCredentialResponse, description: 'The credential and its secret.' })
  async issue(
    @Command(IssueCredentialRequest) { body, call, act }: Told<IssueCredentialRequest>,
  ): Promise<IssuedCredentialResponse> {
    const claim = claimOf(call, 201, this.presentIssued);
    return this.presentIssued(
      await this.keeper.issueNew(toNewCredential(body, this.clock.now()), { act, claim }),
    );
  }

  @Get(':id')
  @AdminRead({ summary: 'Get a credential', description: 'One credential.', refusals: ['object_not_found'] })
  @IdParam('crd_1_1')
  @ApiOkResponse({ type: CredentialResponse, description: 'The credential.' })
  async get(@TenantId('crd') name: TenantObject): Promise<CredentialResponse> {
    return this.present(await this.keeper.get(name));
  }

  @Post(':id/rotate')
  @NoStore()
  @AdminAct({
    summary: 'Rotate the secret of a credential',
    description:
      'The new secret is shown this once; the one before stays good for the overlap, so that nothing stops.',
    refusals: ['object_not_found', 'transition_not_allowed'],
  })
  @IdParam('crd_1_1')
  @ApiBody({ type: RotateCredentialRequest })
  @ApiOkResponse({ type: IssuedCredentialResponse, description: 'The credential and its new secret.' })
  async rotate(
    @TenantId('crd') name: TenantObject,
    @Command(RotateCredentialRequest) { body, call, act }: Told<RotateCredentialRequest>,
  ): Promise<IssuedCredentialResponse> {
    const { overlapSeconds = DEFAULT_OVERLAP_SECONDS } = body;
    const claim = claimOf(call, 200, this.presentIssued);
    return this.presentIssued(await this.keeper.rotate(name, overlapSeconds, { act, claim }));
  }

  @Post(':id/revoke')
  @AdminAct({
    summary: 'Revoke a credential',
    description: 'For good, in force on every process within a second, for the tokens issued to it as well.',
    refusals: ['object_not_found', 'transition_not_allowed'],
  })
  @IdParam('crd_1_1')
  @ReasonBody()
  @ApiOkResponse({ type: CredentialResponse, description: 'The credential.' })
  async revoke(
    @TenantId('crd') name: TenantObject,
    @Command(ReasonRequest) { call, act }: Told<ReasonRequest>,
  ): Promise<CredentialResponse> {
    return this.present(await this.keeper.revoke(name, { act, claim: claimOf(call, 200, this.present) }));
  }
}
