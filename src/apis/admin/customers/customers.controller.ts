import { Controller, Get, Patch, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import {
  CUSTOMER_TRANSITIONS,
  CUSTOMER_MACHINE,
  type CustomerTransition,
  CustomerAdministration,
} from '../../../customers/customer-administration.service.js';
import {
  CUSTOMER_LIST,
  CustomerQueries,
  type CustomerRecord,
} from '../../../customers/customer-queries.service.js';
import { CustomerRegistrationService } from '../../../customers/customer-registration.service.js';
import type { FastifyReply } from 'fastify';
import { claimOf } from '../../../http/call.decorator.js';
import type { ListQuery } from '../../../shared/listing.js';
import type { TenantObject } from '../../../shared/object-id.js';
import { describeMachine, refusalIn } from '../../../shared/state-machine.js';
import { AdminAct, AdminAsk, AdminChange, AdminCreate, AdminRead } from '../admin-operation.decorator.js';
import { ApprovalResponse, presentApproval } from '../approvals/approval.dto.js';
import { OutcomeForm } from '../approvals/outcome.js';
import { assertSomething, Command, given, ReasonBody, ReasonRequest, type CommandInput } from '../command.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { TransitionName, TransitionParams, systemIdIn, IdParam, TenantId } from '../path-ids.js';
import {
  AdminCreateCustomerRequest,
  AdminCustomerResponse,
  AmendCustomerRequest,
  OverrideJurisdictionRequest,
  presentCustomer,
} from './customer.dto.js';

const AMENDED = new OutcomeForm(({ customer }: { customer: CustomerRecord }) => presentCustomer(customer));

@ApiTags('Customers')
@Controller('admin/customers')
export class AdminCustomersController {
  constructor(
    private readonly queries: CustomerQueries,
    private readonly registration: CustomerRegistrationService,
    private readonly administration: CustomerAdministration,
  ) {}

  @Get()
  @AdminRead({
    operationId: 'findCustomers',
    summary: 'Find customers',
    description: 'By name, identifier, e-mail address, KYC state and more; every parameter given must hold.',
    refusals: ['validation_failed'],
  })
  @ListDocs(CUSTOMER_LIST, AdminCustomerResponse)
  async list(@List(CUSTOMER_LIST) query: ListQuery): Promise<PageResponse<AdminCustomerResponse>> {
    return presentPage(await this.queries.list(query), query, presentCustomer);
  }

  @Post()
  @AdminCreate({
    operationId: 'createCustomer',
    summary: 'Create a customer',
    description:
      'Under a platform, as the platform itself could: where its agreement delegates KYC it is approved at once.',
    refusals: [
      'platform_not_verified',
      'object_not_found',
      'customer_identifier_taken',
      'customer_display_name_taken',
    ],
  })
  @ApiBody({ type: AdminCreateCustomerRequest })
  @ApiCreatedResponse({ type: AdminCustomerResponse, description: 'The customer.' })
  async create(
    @Command(AdminCreateCustomerRequest) { body, call, audit }: CommandInput<AdminCreateCustomerRequest>,
  ): Promise<AdminCustomerResponse> {
    const { identifier, displayName, email = null, countryOfResidence = null } = body;
    const platformId = systemIdIn('platform', 'plt', body.platform);
    const wanted = { platformId, identifier, displayName: displayName.trim(), email, countryOfResidence };
    const claim = claimOf(call, 201, presentCustomer);
    return presentCustomer(await this.registration.registerByAdmin(wanted, { audit, claim }));
  }

  @Get(':id')
  @AdminRead({
    operationId: 'getCustomer',
    summary: 'Get a customer',
    description: 'One customer.',
    refusals: ['object_not_found'],
  })
  @IdParam('cus_1_2')
  @ApiOkResponse({ type: AdminCustomerResponse, description: 'The customer.' })
  async get(@TenantId('cus') customer: TenantObject): Promise<AdminCustomerResponse> {
    return presentCustomer(await this.queries.get(customer));
  }

  @Patch(':id')
  @AdminChange({
    operationId: 'changeCustomer',
    summary: 'Change a customer',
    description:
      'What is missing stays as it is. A change of the country of residence changes which currencies are available; it ' +
      'waits for a second person (202), with the rest of the request.',
    refusals: ['object_not_found', 'customer_display_name_taken', 'approval_pending'],
  })
  @IdParam('cus_1_2')
  @ApiBody({ type: AmendCustomerRequest })
  @ApiOkResponse({ type: AdminCustomerResponse, description: 'The customer; it is changed.' })
  @ApiAcceptedResponse({ type: ApprovalResponse, description: 'The request that waits for a second person.' })
  async amend(
    @TenantId('cus') customer: TenantObject,
    @Command(AmendCustomerRequest) { body, audit }: CommandInput<AmendCustomerRequest>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AdminCustomerResponse | ApprovalResponse> {
    const { displayName, email, countryOfResidence } = body;
    const change = given({ displayName: displayName?.trim(), email, countryOfResidence });
    assertSomething(change);
    const outcome = await this.administration.amend(change, { customer, audit, claim: null });
    return AMENDED.answer(outcome, reply);
  }

  @Post(':id/jurisdiction-override')
  @AdminAsk({
    operationId: 'requestJurisdictionOverride',
    summary: 'Request a jurisdiction override',
    description:
      'Or, with null, for none any more. Another approver decides: POST /admin/approvals/{id}/approve.',
    refusals: ['object_not_found', 'approval_pending'],
  })
  @IdParam('cus_1_2')
  @ApiBody({ type: OverrideJurisdictionRequest })
  @ApiAcceptedResponse({ type: ApprovalResponse, description: 'What waits for a second person.' })
  async overrideJurisdiction(
    @TenantId('cus') customer: TenantObject,
    @Command(OverrideJurisdictionRequest) { body, call, audit }: CommandInput<OverrideJurisdictionRequest>,
  ): Promise<ApprovalResponse> {
    const claim = claimOf(call, 202, presentApproval);
    const command = { customer, audit, claim };
    return presentApproval(await this.administration.requestOverride(body.jurisdiction ?? null, command));
  }

  @Post(':id/:act')
  @AdminAct({
    operationId: 'actOnCustomer',
    summary: 'Suspend or activate a customer',
    description: `A suspended customer is refused by every API.\n\n${describeMachine(CUSTOMER_MACHINE)}`,
    refusals: ['object_not_found', 'route_not_found', 'transition_not_allowed'],
    refusedIn: refusalIn(CUSTOMER_MACHINE, 'suspended'),
  })
  @TransitionParams(CUSTOMER_TRANSITIONS, 'cus_1_2')
  @ReasonBody()
  @ApiOkResponse({ type: AdminCustomerResponse, description: 'The customer.' })
  async do(
    @TenantId('cus') customer: TenantObject,
    @TransitionName(CUSTOMER_TRANSITIONS) customerAct: CustomerTransition,
    @Command(ReasonRequest) { call, audit }: CommandInput<ReasonRequest>,
  ): Promise<AdminCustomerResponse> {
    const claim = claimOf(call, 200, presentCustomer);
    return presentCustomer(await this.administration.do(customerAct, { customer, audit, claim }));
  }
}
