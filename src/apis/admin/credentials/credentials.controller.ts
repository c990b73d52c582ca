import { Controller, Get, Post, Put, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AdminCredentials } from '../../../auth/admin-credentials.service.js';
import { CREDENTIAL_LIST } from '../../../auth/credential-list.js';
import {
  CredentialAdministration,
  type CredentialView,
  DEFAULT_OVERLAP_SECONDS,
  type IssuedCredential,
} from '../../../auth/credential-administration.service.js';
import { claimOf } from '../../../http/call.decorator.js';
import type { ErrorCode } from '../../../shared/app-error.js';
import { Clock } from '../../../shared/clock.js';
import type { ListQuery } from '../../../shared/listing.js';
import type { TenantObject } from '../../../shared/object-id.js';
import { AdminAct, AdminAsk, AdminChange, AdminRead } from '../admin-operation.decorator.js';
import { ApprovalResponse, presentApproval } from '../approvals/approval.dto.js';
import { OutcomeForm } from '../approvals/outcome.js';
import { Command, ReasonBody, ReasonRequest, type CommandInput } from '../command.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { IdParam, TenantId } from '../path-ids.js';
import { REASON_PLACEHOLDER } from '../properties.js';
import {
  ChangeRateLimitRequest,
  CredentialResponse,
  IssueCredentialRequest,
  IssuedCredentialResponse,
  presentCredential,
  presentIssued,
  RotateCredentialRequest,
} from './credential.dto.js';
import { toNewCredential } from './new-credential.js';

const CHANGE_REFUSALS: readonly ErrorCode[] = [
  'object_not_found',
  'authority_exceeded',
  'transition_not_allowed',
  'approval_pending',
];
/** Seconds of the window of a rate limit that names none. */
const DEFAULT_WINDOW_SECONDS = 10;
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
  private readonly rotated = new OutcomeForm(({ credential }: { credential: IssuedCredential }) =>
    presentIssued(credential, this.clock.now()),
  );
  private readonly revoked = new OutcomeForm(({ credential }: { credential: CredentialView }) =>
    this.present(credential),
  );

  constructor(
    private readonly administration: CredentialAdministration,
    private readonly credentials: AdminCredentials,
    private readonly clock: Clock,
  ) {}

  @Get()
  @AdminRead({
    operationId: 'listCredentials',
    summary: 'List credentials',
    description: 'With their limits and last use; never with a secret.',
    refusals: ['validation_failed'],
  })
  @ListDocs(CREDENTIAL_LIST, CredentialResponse)
  async list(@List(CREDENTIAL_LIST) query: ListQuery): Promise<PageResponse<CredentialResponse>> {
    return presentPage(await this.administration.list(query), query, this.present);
  }

  @Post()
  @AdminAsk({
    operationId: 'requestCredential',
    summary: 'Request a credential',
    description:
      'For a customer (owner API) or a platform. When another admin has approved it, the requester collects its secret: ' +
      'POST /admin/approvals/{id}/secret. Admins’ keys are issued on the command line.',
    refusals: ['object_not_found'],
  })
  @ApiBody({ type: IssueCredentialRequest, examples: ISSUE_EXAMPLES })
  @ApiAcceptedResponse({ type: ApprovalResponse, description: 'The request that waits for a second person.' })
  async issue(
    @Command(IssueCredentialRequest) { body, call, audit }: CommandInput<IssueCredentialRequest>,
  ): Promise<ApprovalResponse> {
    const claim = claimOf(call, 202, presentApproval);
    const wanted = toNewCredential(body, this.clock.now());
    return presentApproval(await this.credentials.requestIssue(wanted, { audit, claim }));
  }

  @Get(':id')
  @AdminRead({
    operationId: 'getCredential',
    summary: 'Get a credential',
    description: 'One credential.',
    refusals: ['object_not_found'],
  })
  @IdParam('crd_1_1')
  @ApiOkResponse({ type: CredentialResponse, description: 'The credential.' })
  async get(@TenantId('crd') name: TenantObject): Promise<CredentialResponse> {
    return this.present(await this.administration.get(name));
  }

  @Put(':id/rate-limit')
  @AdminChange({
    operationId: 'changeRateLimitOfCredential',
    summary: 'Change the rate limit of a credential',
    description:
      'Of a customer’s or a platform’s; its access tokens count against it as well. In force on every process within ' +
      'a second.',
    refusals: ['object_not_found', 'authority_exceeded', 'transition_not_allowed'],
    refusedIn: { state: 'revoked', allowedActs: [] },
  })
  @IdParam('crd_1_1')
  @ApiBody({ type: ChangeRateLimitRequest })
  @ApiOkResponse({ type: CredentialResponse, description: 'The credential.' })
  async limitRate(
    @TenantId('crd') name: TenantObject,
    @Command(ChangeRateLimitRequest) { body, audit }: CommandInput<ChangeRateLimitRequest>,
  ): Promise<CredentialResponse> {
    const { requests = null, windowSeconds = DEFAULT_WINDOW_SECONDS } = body;
    const rateLimit = requests === null ? null : { limit: requests, windowSeconds };
    return this.present(await this.credentials.limitRate(name, rateLimit, audit));
  }

  @Post(':id/rotate')
  @AdminAct({
    operationId: 'rotateCredential',
    summary: 'Rotate the secret of a credential',
    description:
      'An admin’s own at once (200), from a token that is not narrowed, and only one that allows no more than the ' +
      'credential of the call; the new secret is shown this once. Any other waits for a second person (202), and the ' +
      'requester collects the secret: POST /admin/approvals/{id}/secret; another admin’s only an approver may ' +
      'request. The secret before stays good for the overlap, so that nothing stops.',
    refusals: CHANGE_REFUSALS,
    refusedIn: { state: 'revoked', allowedActs: [] },
  })
  @IdParam('crd_1_1')
  @ApiBody({ type: RotateCredentialRequest })
  @ApiOkResponse({ type: IssuedCredentialResponse, description: 'The credential and its new secret.' })
  @ApiAcceptedResponse({ type: ApprovalResponse, description: 'The request that waits for a second person.' })
  async rotate(
    @TenantId('crd') name: TenantObject,
    @Command(RotateCredentialRequest) { body, call, audit }: CommandInput<RotateCredentialRequest>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IssuedCredentialResponse | ApprovalResponse> {
    const { overlapSeconds = DEFAULT_OVERLAP_SECONDS } = body;
    const claim = this.rotated.claimOf(call);
    const command = { caller: call.caller, audit, claim };
    const outcome = await this.credentials.rotate(name, overlapSeconds, command);
    return this.rotated.answer(outcome, reply);
  }

  @Post(':id/revoke')
  @AdminAct({
    operationId: 'revokeCredential',
    summary: 'Revoke a credential',
    description:
      'For good, in force on every process within a second, for the tokens issued to it as well. A customer’s, a ' +
      'platform’s or an admin’s own at once (200); another admin’s only an approver may request (202).',
    refusals: CHANGE_REFUSALS,
    refusedIn: { state: 'revoked', allowedActs: [] },
  })
  @IdParam('crd_1_1')
  @ReasonBody()
  @ApiOkResponse({ type: CredentialResponse, description: 'The credential; it is revoked.' })
  @ApiAcceptedResponse({ type: ApprovalResponse, description: 'The request that waits for a second person.' })
  async revoke(
    @TenantId('crd') name: TenantObject,
    @Command(ReasonRequest) { call, audit }: CommandInput<ReasonRequest>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CredentialResponse | ApprovalResponse> {
    const claim = this.revoked.claimOf(call);
    const outcome = await this.credentials.revoke(name, { caller: call.caller, audit, claim });
    return this.revoked.answer(outcome, reply);
  }
}
