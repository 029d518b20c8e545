/** Policies of the settings: read and compiled before the service starts, every fault named. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stateDirectory } from '@atesto/store/testing';
import { ConfigRefused } from '../config/problem.ts';
import { configuredPolicies } from './configured-policies.ts';

const directory = stateDirectory();

function fileOf(name: string, text: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const policiesOf = (policies: Record<string, string>) => configuredPolicies({ provider: { policies } });

test('puts the documented default policies in force where no file is named', () => {
  const types = [...policiesOf({}).keys()];
  assert.deepEqual(types, ['SgxEnclave', 'OpenEnclave', 'SevSnpVm', 'TdxVm', 'AzureGuest']);
});

test('puts the policy of a file in force for its type alone', () => {
  const path = fileOf('deny.txt', 'version=1.0; authorizationrules { => deny(); };');
  const policies = policiesOf({ SgxEnclave: path });
  assert.equal(policies.get('SgxEnclave')?.evaluate([]).authorized, false);
  assert.equal(policies.get('OpenEnclave')?.evaluate([]).authorized, true);
});

test('names every fault of every file', () => {
  const policies = {
    SgxEnclave: fileOf('two.txt', 'version=1.0;\nauthorizationrules { => premit(); => issuee(type="a", value="b"); };'),
    OpenEnclave: fileOf(
      'baseline.txt',
      'version=1.1; configurationrules { => issueproperty(type="x-ms-sgx-tcbidentifier", value="mine"); }; authorizationrules { => permit(); };',
    ),
    TdxVm: fileOf('bytes.txt', Uint8Array.of(0xff, 0xfe)),
    SgxEnclaves: fileOf('good.txt', 'version=1.0; authorizationrules { => permit(); };'),
  };
  assert.throws(
    () => policiesOf(policies),
    (error) => {
      assert.ok(error instanceof ConfigRefused);
      const found = error.problems.map(({ code, where, why }) => [code, where, why.split(':', 1)[0]]);
      assert.deepEqual(found, [
        ['policy-file-invalid', 'provider.policies.SgxEnclave', 'line 2, column 25'],
        ['policy-file-invalid', 'provider.policies.SgxEnclave', 'line 2, column 38'],
        [
          'policy-file-invalid',
          'provider.policies.OpenEnclave',
          'x-ms-sgx-tcbidentifier must be azuredefault or a TCB evaluation data number such as 17',
        ],
        [
          'setting-file-unreadable',
          'provider.policies.TdxVm',
          'it cannot be read as UTF-8; check the path and its permissions',
        ],
        [
          'setting-unknown',
          'provider.policies.SgxEnclaves',
          'there is no such attestation type; known are SgxEnclave, OpenEnclave, TdxVm, SevSnpVm, AzureGuest, Tpm, VbsEnclave, Pluton, KeyGuard, MdepTz, AiHsm',
        ],
      ]);
      return true;
    },
  );
});
