/** What `atesto serve` prints when the service listens. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig, type RunningService } from '@atesto/service';
import { styleFor } from '../style.ts';
import { banner } from './banner.ts';

const running: RunningService = {
  url: 'https://attest.example.org',
  port: 443,
  caFile: undefined,
  developmentIdentity: undefined,
  admissionFigures: () => assert.fail('nobody asks'),
  reload: async () => true,
  close: async () => {},
};
const identity = {
  issuer: 'https://127.0.0.1:8444/development/v2.0',
  authorityHost: 'https://127.0.0.1:8444',
  tenant: 'development',
  scope: 'https://attest.azure.net/.default',
  clientId: 'c',
  clientSecret: 's',
};

function warningOf(roles: readonly object[], developmentIdentity?: RunningService['developmentIdentity']): unknown {
  const issuers = [{ issuer: 'https://login.example.org' }];
  const config = loadConfig({ env: {}, overrides: { environment: 'development', identity: { issuers, roles } } });
  const text = banner({ ...running, developmentIdentity }, config, undefined, styleFor(false));
  return /^ +warning +(.+)$/m.exec(text)?.[1];
}

const rule = { claim: 'roles', value: 'atesto-administrator' };

test('warns when nobody can administer the service', () => {
  assert.equal(warningOf([]), 'nobody can administer the service: set identity.roles, see docs/hosting.md');
});

test('warns when nobody is service administrator', () => {
  const roles = [{ ...rule, role: 'attestation-contributor', providers: ['*'] }];
  assert.equal(warningOf(roles), 'nobody is service administrator: see identity.roles in docs/hosting.md');
});

test('does not warn when somebody is, nor in development, whose client is', () => {
  assert.equal(warningOf([{ ...rule, role: 'service-administrator' }]), undefined);
  assert.equal(warningOf([], identity), undefined);
});
