/** Reads the machines that a caller knows strictly: a bound that was misspelt or left out would bind nothing. */
import { ConfigurationError, checkList, checkObject, checkOptions, checkText } from '@atesto/core';
import type { SnpReferenceValue } from '../sevsnp/compliance.ts';
import type { TdxReferenceValue } from '../tdx/compliance.ts';

/** Throws `ConfigurationError` for anything but reference values and `any`. */
export function checkTdxMachines(machines: readonly TdxReferenceValue[] | 'any', option: string): void {
  eachOf(machines, option, (value, where) => {
    checkOptions<TdxReferenceValue>(value, { complianceStatus: true, mrTds: true }, where);
    checkStatus(value.complianceStatus, `${where}.complianceStatus`);
    checkHashes(value.mrTds, 48, `${where}.mrTds`);
  });
}

/** Throws `ConfigurationError` for anything but reference values and `any`. */
export function checkSnpMachines(machines: readonly SnpReferenceValue[] | 'any', option: string): void {
  const names = {
    complianceStatus: true,
    identity: true,
    hostData: true,
    minimumGuestSvn: true,
    maximumVmpl: true,
  } as const;
  eachOf(machines, option, (value, where) => {
    checkOptions<SnpReferenceValue>(value, names, where);
    checkStatus(value.complianceStatus, `${where}.complianceStatus`);
    checkIdentity(value.identity, `${where}.identity`);
    if (value.hostData !== 'any') checkHashes(value.hostData, 32, `${where}.hostData`);
    checkWhole(value.minimumGuestSvn, 0xffff_ffff, `${where}.minimumGuestSvn`);
    checkWhole(value.maximumVmpl, 3, `${where}.maximumVmpl`);
  });
}

function eachOf<Value>(
  machines: readonly Value[] | 'any',
  option: string,
  check: (value: Value, where: string) => void,
): void {
  if (machines === 'any') return;
  if (!Array.isArray(machines)) throw misuse(machines, option, "reference values, or 'any'");
  for (const [index, value] of machines.entries()) check(value, `${option}.${index}`);
}

/** Two identities at once would be one of them in silence. */
function checkIdentity(identity: SnpReferenceValue['identity'], option: string): void {
  checkObject(identity, option);
  const [name, another] = Object.keys(identity);
  if (another !== undefined || (name !== 'measurements' && name !== 'idKeyDigests')) {
    const expected =
      'one of measurements and idKeyDigests: evidence of Azure guests has no endorsement of a utility VM';
    throw new ConfigurationError(option, expected);
  }
  checkHashes(Reflect.get(identity, name), 48, `${option}.${name}`);
}

function checkStatus(status: unknown, option: string): void {
  checkText(status, option);
  if (status === '') throw new ConfigurationError(option, 'a text that says what the machine is');
}

function checkHashes(hashes: unknown, sizeBytes: number, option: string): void {
  checkList(hashes, option);
  const form = new RegExp(`^[0-9a-f]{${2 * sizeBytes}}$`);
  if (hashes.length > 0 && hashes.every((hash) => typeof hash === 'string' && form.test(hash))) return;
  throw new ConfigurationError(option, `at least one, each of ${2 * sizeBytes} lower-case hex digits`);
}

function checkWhole(value: unknown, maximum: number, option: string): void {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maximum) return;
  throw misuse(value, option, `an integer from 0 to ${maximum}`);
}

function misuse(value: unknown, option: string, expected: string): ConfigurationError {
  return new ConfigurationError(option, expected, value === undefined ? 'option-missing' : 'option-invalid');
}
