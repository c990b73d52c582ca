import { Matches } from 'class-validator';

export class OpenAccountDto {
  @Matches(/^[A-Z]{3}$/)
  currency!: string;
}
