/** Pins the types of the public API: this file only has to compile. */
import { type AttestationType, type ConfigurationCode, ConfigurationError, checkOptions } from './index.ts';

type Same<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
function same<Left, Right>(_: Same<Left, Right>): void {}

interface Options {
  readonly timeoutSeconds?: number;
  readonly issuer: string;
}
declare const options: Options;

checkOptions(options, { timeoutSeconds: true, issuer: true }, 'options');
// @ts-expect-error an option that the check does not know of
checkOptions(options, { issuer: true }, 'options');
// @ts-expect-error a name that is no option
checkOptions(options, { timeoutSeconds: true, issuer: true, issuers: true }, 'options');

const error = new ConfigurationError<'issuer-invalid'>('issuer', 'an https URI', 'issuer-invalid');
same<typeof error.code, 'issuer-invalid' | ConfigurationCode>(true);
// @ts-expect-error Azure's names are the only ones
export const type: AttestationType = 'sgx';
