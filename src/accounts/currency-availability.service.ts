import { Injectable } from '@nestjs/common';
import { CurrenciesService, type CurrencyView } from '../currencies/currencies.service.js';
import { JurisdictionsService } from '../jurisdictions/jurisdictions.service.js';
import { type CurrencyFacts, currencyRefusal } from './opening/opening-rules.js';

type Currencies = ReadonlyMap<string, CurrencyView>;

/** Currency availability per jurisdiction, computed from cached reference data. */
@Injectable()
export class CurrencyAvailability {
  /** Computed once for each version of the cached currencies. */
  private readonly digital = new WeakMap<Currencies, ReadonlySet<string>>();

  constructor(
    private readonly currencies: CurrenciesService,
    private readonly jurisdictions: JurisdictionsService,
  ) {}

  async factsOf(currencyCode: string, jurisdictionCode: string): Promise<CurrencyFacts> {
    const enabledHere = await this.jurisdictions.enabledCurrencies(jurisdictionCode);
    return {
      enabled: (await this.currencies.all()).get(currencyCode)?.enabled ?? false,
      enabledInJurisdiction: enabledHere.has(currencyCode),
    };
  }

  /** The currencies that a customer of this jurisdiction may hold. */
  async availableIn(jurisdictionCode: string): Promise<CurrencyView[]> {
    const enabledHere = await this.jurisdictions.enabledCurrencies(jurisdictionCode);
    return [...(await this.currencies.all()).values()].filter(
      ({ code, enabled }) =>
        currencyRefusal({ enabled, enabledInJurisdiction: enabledHere.has(code) }) === null,
    );
  }

  /** Upper-case codes of the digital currencies configured in this installation. */
  async digitalCodes(): Promise<ReadonlySet<string>> {
    const all = await this.currencies.all();
    const codes = this.digital.get(all) ?? digitalOf(all);
    this.digital.set(all, codes);
    return codes;
  }
}

function digitalOf(currencies: Currencies): ReadonlySet<string> {
  const digital = [...currencies.values()].filter(({ kind }) => kind === 'digital');
  return new Set(digital.map(({ code }) => code));
}
