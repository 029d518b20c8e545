import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KnownProviders, misdirectionOf } from './misdirected.ts';

const names = ['default', 'Contoso', 'fabrikam'];
const known = (baseDomain?: string): KnownProviders => ({
  baseUri: 'https://attest.test:8443',
  baseDomain,
  nameOf: (name) => names.find((one) => one.toLowerCase() === name.toLowerCase()),
  uriOf: (name) =>
    name === 'default'
      ? 'https://attest.test:8443'
      : baseDomain === undefined
        ? `https://attest.test:8443/providers/${name}`
        : `https://${name.toLowerCase()}.${baseDomain}:8443`,
});

interface Sent {
  readonly host?: string;
  readonly url?: string;
  readonly headers?: Record<string, string>;
  readonly addressed?: string;
  readonly hasPath?: boolean;
  readonly baseDomain?: string;
}

function found({ host, url = '/certs', headers = {}, addressed = 'default', hasPath = false, baseDomain }: Sent) {
  const request = { url, params: {}, headers: { host: host ?? 'attest.test:8443', ...headers } };
  const misdirection = misdirectionOf(request, addressed, hasPath, known(baseDomain));
  return misdirection === undefined ? 'none' : `${misdirection.where} ${misdirection.meant}`;
}

const bearer = (claims: unknown): Record<string, string> => ({
  authorization: `Bearer e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.AAAA`,
});

test('a host that begins with the name of a provider is meant for it where host names have no meaning', () => {
  assert.equal(found({ host: 'contoso.attest.test' }), 'host Contoso');
  assert.equal(found({ host: 'CONTOSO.elsewhere.test:443' }), 'host Contoso');
  assert.equal(found({ url: 'https://fabrikam.attest.test/certs' }), 'host fabrikam');
  for (const host of ['attest.test:8443', 'balancer.test', '10.0.0.1', '', 'default.attest.test']) {
    assert.equal(found({ host }), 'none', host);
  }
  assert.equal(found({ host: 'contoso.attest.test', hasPath: true, addressed: 'fabrikam' }), 'none');
  assert.equal(found({ host: 'contoso.elsewhere.test', baseDomain: 'attest.test' }), 'none');
});

test('a service whose own host begins with the name of a provider is not taken for that provider', () => {
  const own = { ...known(), baseUri: 'https://contoso.test' };
  for (const host of ['contoso.test', 'Contoso.test', 'contoso.test:443']) {
    const request = { url: '/certs', params: {}, headers: { host } };
    assert.equal(misdirectionOf(request, 'default', false, own), undefined, host);
  }
});

test('the header tenantName tells the provider, alone or as its host', () => {
  for (const tenantname of ['contoso', 'Contoso', 'contoso.attest.test']) {
    assert.equal(found({ headers: { tenantname } }), 'tenantName Contoso');
    assert.equal(found({ headers: { tenantname }, addressed: 'Contoso', hasPath: true }), 'none');
    assert.equal(found({ headers: { tenantname }, addressed: 'fabrikam', hasPath: true }), 'tenantName Contoso');
  }
  for (const tenantname of ['', 'absent', 'default']) assert.equal(found({ headers: { tenantname } }), 'none');
});

test('an access token tells the provider when its audiences are URIs of other providers alone', () => {
  const contoso = 'https://attest.test:8443/providers/contoso';
  const byAudience = (aud: unknown, more: Sent = {}) => found({ ...more, headers: bearer({ aud }) });
  assert.equal(byAudience(contoso), 'authorization Contoso');
  assert.equal(byAudience([`${contoso}/`]), 'authorization Contoso');
  assert.equal(byAudience(contoso, { addressed: 'fabrikam', hasPath: true }), 'authorization Contoso');
  assert.equal(byAudience('https://contoso.attest.test:8443', { baseDomain: 'attest.test' }), 'authorization Contoso');
  assert.equal(byAudience(contoso, { baseDomain: 'attest.test' }), 'authorization Contoso');
  const neutral = 'https://attest.azure.net';
  const nothing = [neutral, [neutral, contoso], 'https://attest.test:8443', 'https://elsewhere.test/providers/contoso'];
  for (const aud of [...nothing, `${contoso}/x`, undefined, 1, {}, []]) assert.equal(byAudience(aud), 'none', `${aud}`);
  assert.equal(byAudience(contoso, { addressed: 'Contoso', hasPath: true }), 'none');
});

test('a header that is no token tells nothing', () => {
  for (const authorization of ['', 'Bearer', 'Bearer x', 'Basic e30.e30.', 'Bearer e30.AAAA.', 'Bearer e30.W10.A']) {
    assert.equal(found({ headers: { authorization } }), 'none', authorization);
  }
});
