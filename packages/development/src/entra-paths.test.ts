import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instanceMetadata, routeOf } from './entra-paths.ts';

const pathOf = (target: string): string | undefined => {
  const route = routeOf(target, 'development');
  return route.kind === 'provider' ? route.path : undefined;
};

test('the token endpoint is where azure-identity for Java and C++, Terraform and Azure Stack’s clients compose it', () => {
  for (const tenant of ['development', 'Development', 'organizations', 'common']) {
    assert.equal(pathOf(`/${tenant}/oauth2/v2.0/token`), '/token');
    assert.equal(pathOf(`/${tenant}/oauth2/token?api-version=1.0`), '/token?api-version=1.0');
    assert.equal(pathOf(`/${tenant}/v2.0/token`), '/token');
  }
});

test('metadata and keys are where MSAL and `az account clear` look for them', () => {
  for (const tenant of ['development', 'organizations', 'common']) {
    const metadata = '/.well-known/openid-configuration';
    assert.equal(pathOf(`/${tenant}/v2.0${metadata}`), metadata);
    assert.equal(pathOf(`/${tenant}${metadata}?appid=1`), `${metadata}?appid=1`);
    assert.equal(pathOf(`/${tenant}/discovery/v2.0/keys`), '/jwks');
    assert.equal(pathOf(`/${tenant}/discovery/keys`), '/jwks');
  }
});

test('instance discovery is asked of any tenant and leads to the only one', () => {
  assert.deepEqual(routeOf('/common/discovery/instance?api-version=1.1', 'development'), {
    kind: 'instance-discovery',
  });
  assert.deepEqual(instanceMetadata('https://127.0.0.1:8444', 'development'), {
    tenant_discovery_endpoint: 'https://127.0.0.1:8444/development/v2.0/.well-known/openid-configuration',
    'api-version': '1.1',
    metadata: [{ preferred_network: '127.0.0.1:8444', preferred_cache: '127.0.0.1:8444', aliases: ['127.0.0.1:8444'] }],
  });
});

test('another tenant and other paths are not the provider’s', () => {
  assert.deepEqual(routeOf('/other/oauth2/v2.0/token', 'development'), { kind: 'tenant-unknown', tenant: 'other' });
  for (const target of ['/development', '/development/', '/development/v2.0', '/development/token', '/common/auth']) {
    assert.deepEqual(routeOf(target, 'development'), { kind: 'path-unknown' }, target);
  }
  for (const target of ['/', '*', '//development/v2.0/token', '/development%2fv2.0/token']) {
    assert.equal(routeOf(target, 'development').kind, 'tenant-unknown', target);
  }
});
