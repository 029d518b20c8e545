import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasRole, type Role, type RoleRule } from './role.ts';

const issuer = 'https://login.example.org/tenant/v2.0';
const caller = (claims: Record<string, unknown>, of = issuer) => ({ issuer: of, subject: 'ada', claims });
const reader: RoleRule = { role: 'attestation-reader', claim: 'groups', value: 'auditors', providers: ['contoso'] };

/** The roles that a caller has at a provider. */
function rolesAt(rules: readonly RoleRule[], claims: Record<string, unknown>, provider?: string): Role[] {
  const all: Role[] = ['attestation-reader', 'attestation-contributor', 'service-administrator'];
  return all.filter((role) => hasRole(rules, caller(claims), role, provider));
}

test('gives no role to a caller whom no rule names', () => {
  assert.deepEqual(rolesAt([], { groups: ['auditors'] }, 'contoso'), []);
  for (const groups of [undefined, [], 'auditor', ['auditors '], ['Auditors'], [['auditors']], { auditors: true }, 1]) {
    assert.deepEqual(rolesAt([reader], { groups }, 'contoso'), [], JSON.stringify(groups));
  }
  assert.deepEqual(rolesAt([reader], { roles: ['auditors'] }, 'contoso'), []);
});

test('finds a value in a text and in a list, and a scope between spaces', () => {
  assert.deepEqual(rolesAt([reader], { groups: 'auditors' }, 'contoso'), ['attestation-reader']);
  assert.deepEqual(rolesAt([reader], { groups: ['staff', 'auditors'] }, 'contoso'), ['attestation-reader']);
  const scoped: RoleRule = { ...reader, claim: 'scp', value: 'audit.read' };
  assert.deepEqual(rolesAt([scoped], { scp: 'openid audit.read' }, 'contoso'), ['attestation-reader']);
  assert.deepEqual(rolesAt([scoped], { scp: 'audit.read.all' }, 'contoso'), []);
  assert.deepEqual(rolesAt([{ ...scoped, claim: 'groups' }], { groups: 'openid audit.read' }, 'contoso'), []);
});

test('lets a role count at the providers that the rule names and at no other', () => {
  assert.deepEqual(rolesAt([reader], { groups: 'auditors' }, 'Contoso'), ['attestation-reader']);
  assert.deepEqual(rolesAt([reader], { groups: 'auditors' }, 'fabrikam'), []);
  assert.deepEqual(rolesAt([reader], { groups: 'auditors' }), []);
  assert.deepEqual(rolesAt([{ ...reader, providers: ['*'] }], { groups: 'auditors' }, 'fabrikam'), [
    'attestation-reader',
  ]);
  assert.deepEqual(rolesAt([{ ...reader, providers: undefined }], { groups: 'auditors' }, 'contoso'), []);
});

test('puts the name of the provider in the place of {provider}', () => {
  const rule: RoleRule = { ...reader, role: 'attestation-contributor', value: '{provider}-admins', providers: ['*'] };
  const contributor = ['attestation-reader', 'attestation-contributor'];
  assert.deepEqual(rolesAt([rule], { groups: ['contoso-admins'] }, 'Contoso'), contributor);
  assert.deepEqual(rolesAt([rule], { groups: ['contoso-admins'] }, 'fabrikam'), []);
  const service: RoleRule = { ...rule, role: 'service-administrator' };
  assert.deepEqual(rolesAt([service], { groups: ['{provider}-admins'] }), []);
});

test('gives each role those below it, and the service administrator every role at every provider', () => {
  const administrator: RoleRule = { role: 'service-administrator', claim: 'roles', value: 'admin' };
  const all = ['attestation-reader', 'attestation-contributor', 'service-administrator'];
  assert.deepEqual(rolesAt([administrator], { roles: ['admin'] }, 'contoso'), all);
  assert.deepEqual(rolesAt([administrator], { roles: ['admin'] }), all);
  const contributor: RoleRule = { ...administrator, role: 'attestation-contributor', providers: ['contoso'] };
  assert.deepEqual(rolesAt([contributor], { roles: ['admin'] }, 'contoso'), all.slice(0, 2));
});

test('lets the claim of one issuer be worth nothing at another', () => {
  const rule: RoleRule = { ...reader, issuer };
  assert.ok(hasRole([rule], caller({ groups: 'auditors' }), 'attestation-reader', 'contoso'));
  const other = caller({ groups: 'auditors' }, 'https://other.example.org');
  assert.ok(!hasRole([rule], other, 'attestation-reader', 'contoso'));
});

test('does not take what every object has for a claim', () => {
  const rule: RoleRule = { ...reader, claim: 'toString', value: 'x' };
  assert.deepEqual(rolesAt([rule], {}, 'contoso'), []);
});
