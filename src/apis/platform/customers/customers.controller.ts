import { Controller, Get, Param, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { PlatformAccountsService } from '../../../accounts/platform-accounts.service.js';
import {
  CustomerRegistrationService,
  type CustomerRegistration,
} from '../../../customers/customer-registration.service.js';
import { Call, type CallContext } from '../../../http/call.decorator.js';
import { PLATFORM_BASE } from '../errors.js';
import { CustomerIdentifierParam, PlatformRead, PlatformWrite } from '../platform-operation.decorator.js';
import { CreateCustomerPipe } from './create-customer.pipe.js';
import { CreateCustomerRequest } from './create-customer.request.js';
import {
  CustomerResponse,
  CustomerWithAccountsResponse,
  presentCustomer,
  presentCustomerWithAccounts,
} from './customer.response.js';

@ApiTags('Customers')
@Controller(['customers', `${PLATFORM_BASE.slice(1)}/customers`])
export class CustomersController {
  constructor(
    private readonly registration: CustomerRegistrationService,
    private readonly accounts: PlatformAccountsService,
  ) {}

  @Post()
  @PlatformWrite('customers:write', {
    operationId: 'createCustomer',
    summary: 'Create a customer',
    description:
      'Where the platform’s agreement delegates KYC the customer is approved at once; otherwise its check has ' +
      'not begun, and no account can be opened for it yet.',
    refusals: ['platform_not_verified', 'customer_identifier_taken', 'customer_display_name_taken'],
  })
  @ApiBody({ type: CreateCustomerRequest })
  @ApiCreatedResponse({ type: CustomerResponse, description: 'The customer.' })
  async create(@Call(CreateCustomerPipe) registration: CustomerRegistration): Promise<CustomerResponse> {
    return presentCustomer(await this.registration.register(registration));
  }

  @Get()
  @PlatformRead('customers:read', {
    operationId: 'listCustomers',
    summary: 'List customers',
    description: 'Every customer of this platform with its accounts.',
    refusals: ['result_too_large'],
  })
  @ApiOkResponse({ type: [CustomerWithAccountsResponse], description: 'In the order of their creation.' })
  async list(@Call() { caller }: CallContext): Promise<CustomerWithAccountsResponse[]> {
    const customers = await this.accounts.listByCustomer(caller.platformId);
    return customers.map(({ customer, accounts }) => presentCustomerWithAccounts(customer, accounts));
  }

  @Get(':customerIdentifier')
  @PlatformRead('customers:read', {
    operationId: 'getCustomer',
    summary: 'Get a customer',
    description: 'One customer of this platform with its accounts.',
    refusals: ['customer_not_found'],
  })
  @CustomerIdentifierParam()
  @ApiOkResponse({ type: CustomerWithAccountsResponse, description: 'The customer.' })
  async get(
    @Call() { caller }: CallContext,
    @Param('customerIdentifier') identifier: string,
  ): Promise<CustomerWithAccountsResponse> {
    const { customer, accounts } = await this.accounts.getCustomer(caller.platformId, identifier);
    return presentCustomerWithAccounts(customer, accounts);
  }
}
