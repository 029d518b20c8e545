/** Collateral files are chosen by the platform that they are for. */
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { collateralToJson, createSimulatedPlatform } from '@atesto/testing/sgx';
import { createBundleSource, createFallbackSource } from '../index.ts';

const at = new Date('2026-01-15T00:00:00Z');
const platform = await createSimulatedPlatform({ at });
const json = JSON.stringify(collateralToJson(await platform.collateral()));
const members: Record<string, unknown> = JSON.parse(json);
const folder = mkdtempSync(join(tmpdir(), 'atesto-bundle-'));
after(() => rmSync(folder, { recursive: true }));
const needed = { tee: 'sgx', fmspc: '000000000000', pceId: '0000', ca: 'platform' } as const;

const code = (outcome: { ok: true } | { ok: false; refusal: { code: string } }): string =>
  outcome.ok ? 'ok' : outcome.refusal.code;

test('a directory gives the file of the platform that is asked about, and the same object again', async () => {
  writeFileSync(join(folder, 'platform.json'), json);
  writeFileSync(join(folder, 'notes.txt'), 'not collateral');
  const source = createBundleSource({ path: folder });
  const fmspc = String(Object(JSON.parse(String(members.tcb_info))).fmspc).toLowerCase();
  const [first, second] = [
    await source.get({ ...needed, fmspc }, { at }),
    await source.get({ ...needed, fmspc }, { at }),
  ];
  assert.ok(first.ok && second.ok);
  assert.equal(first.value.collateral, second.value.collateral);
  assert.equal(code(await source.get({ ...needed, fmspc: 'ffffffffffff' }, { at })), 'bundle-no-match');
  assert.equal(code(await source.get({ ...needed, fmspc, tee: 'tdx' }, { at })), 'bundle-no-match');
  assert.equal(code(await source.get({ ...needed, fmspc, ca: 'processor' }, { at })), 'bundle-no-match');
});

test('a path that is not there is refused, and a fallback asks the next source', async () => {
  const fmspc = String(Object(JSON.parse(String(members.tcb_info))).fmspc).toLowerCase();
  const missing = createBundleSource({ path: join(folder, 'missing') });
  assert.equal(code(await missing.get(needed, { at })), 'bundle-unreadable');
  const both = createFallbackSource([missing, createBundleSource({ path: join(folder, 'platform.json') })]);
  assert.equal(code(await both.get({ ...needed, fmspc }, { at })), 'ok');
  assert.equal(code(await createFallbackSource([]).get(needed, { at })), 'endorsements-unavailable');
});

test('a file that broke off counts as missing for the platform it names, and for all when it names none', async () => {
  const directory = mkdtempSync(join(folder, 'cut-'));
  const path = join(directory, 'cut.json');
  const told: string[] = [];
  const reportBroken = ({ where }: { readonly where: string }): void => void told.push(where);
  const source = createBundleSource({ path: directory, recheckSeconds: 0, reportBroken });
  writeFileSync(path, json.slice(0, json.indexOf('00a5a5000000') + 40));
  await source.warmUp();
  assert.equal(code(await source.get({ ...needed, fmspc: '00a5a5000000' }, { at })), 'bundle-malformed');
  assert.equal(code(await source.get({ ...needed, fmspc: '00a5a5000001' }, { at })), 'bundle-no-match');
  assert.deepEqual(told, [`${path} collateral`]);
  writeFileSync(path, json.slice(0, 40));
  assert.equal(code(await source.get({ ...needed, fmspc: '00a5a5000001' }, { at })), 'bundle-malformed');
  assert.deepEqual(told, [`${path} collateral`, `${path} collateral`]);
});

test('a directory that is not there is reported when it is looked at', async () => {
  const path = join(folder, 'nowhere');
  const told: string[] = [];
  const source = createBundleSource({ path, reportBroken: ({ code, where }) => void told.push(`${code} ${where}`) });
  await source.warmUp();
  assert.deepEqual(told, [`bundle-unreadable ${path}`]);
});

test('a file that is malformed does not hide another, and is named when there is no other', async () => {
  const directory = mkdtempSync(join(folder, 'mixed-'));
  writeFileSync(join(directory, 'a.json'), '{');
  writeFileSync(join(directory, 'b.json'), json);
  const source = createBundleSource({ path: directory });
  assert.equal(code(await source.get({ ...needed, fmspc: '00a5a5000000' }, { at })), 'ok');
  const other = await source.get({ ...needed, fmspc: 'ffffffffffff' }, { at });
  assert.ok(!other.ok);
  assert.equal(other.refusal.code, 'bundle-malformed');
  assert.ok(other.refusal.where.startsWith(join(directory, 'a.json')));
});

test('a file is read again when it changed, at the next look', async () => {
  const path = join(mkdtempSync(join(folder, 'changing-')), 'platform.json');
  let now = at;
  const source = createBundleSource({ path, clock: () => now, recheckSeconds: 1 });
  writeFileSync(path, '{');
  assert.equal(code(await source.get({ ...needed, fmspc: '00a5a5000000' }, { at })), 'bundle-malformed');
  writeFileSync(path, json);
  now = new Date(at.getTime() + 999);
  assert.equal(code(await source.get({ ...needed, fmspc: '00a5a5000000' }, { at })), 'bundle-malformed');
  now = new Date(at.getTime() + 1000);
  assert.equal(code(await source.get({ ...needed, fmspc: '00a5a5000000' }, { at })), 'ok');
});

test('of several files for a platform the one that lasts longest is given, but none that was issued later', async () => {
  const directory = mkdtempSync(join(folder, 'several-'));
  const days = (count: number): Date => new Date(at.getTime() + count * 24 * 3600 * 1000);
  for (const [name, issuedAround] of [
    ['a', -20],
    ['b', 0],
    ['c', -10],
    ['d', 20],
  ] as const) {
    const collateral = await platform.collateral({ at: days(issuedAround) });
    writeFileSync(join(directory, `${name}.json`), JSON.stringify(collateralToJson(collateral)));
  }
  const source = createBundleSource({ path: directory });
  const given = async (when: Date) => {
    const result = await source.get({ ...needed, fmspc: '00a5a5000000' }, { at: when });
    return result.ok ? [result.value.freshness?.source, result.value.freshness?.stale] : result.refusal.code;
  };
  assert.deepEqual(await given(days(-5)), [join(directory, 'c.json'), false]);
  assert.deepEqual(await given(at), [join(directory, 'b.json'), false]);
  assert.deepEqual(await given(days(30)), [join(directory, 'd.json'), false]);
  assert.deepEqual(await given(days(60)), [join(directory, 'd.json'), true]);
  assert.deepEqual(await given(days(-90)), [join(directory, 'a.json'), false]);
});

test('a file is stale when its revocation list is, and a fallback asks the next source', async () => {
  const path = join(folder, 'old-list.json');
  const pckCrl = { thisUpdate: new Date('2026-01-01T00:00:00Z'), nextUpdate: new Date('2026-01-14T00:00:00Z') };
  writeFileSync(path, JSON.stringify(collateralToJson(await platform.collateral({ pckCrl }))));
  const fresh = join(folder, 'platform.json');
  writeFileSync(fresh, json);
  const request = { ...needed, fmspc: '00a5a5000000' };
  const old = await createBundleSource({ path }).get(request, { at });
  assert.deepEqual(old.ok && old.value.freshness?.nextUpdate, pckCrl.nextUpdate);
  assert.equal(old.ok && old.value.freshness?.stale, true);
  const both = createFallbackSource([createBundleSource({ path }), createBundleSource({ path: fresh })]);
  const chosen = await both.get(request, { at });
  assert.equal(chosen.ok && chosen.value.freshness?.source, fresh);
});

test('the answer says how fresh the bodies are', async () => {
  const path = join(folder, 'fresh.json');
  writeFileSync(path, json);
  const source = createBundleSource({ path, clock: () => at });
  const request = { ...needed, fmspc: '00a5a5000000' };
  const nextUpdate = new Date('2026-02-13T00:00:00Z');
  for (const [when, stale] of [
    [nextUpdate, false],
    [new Date(nextUpdate.getTime() + 1), true],
  ] as const) {
    const result = await source.get(request, { at: when });
    assert.ok(result.ok);
    assert.deepEqual(result.value.freshness, { fetchedAt: at, nextUpdate, source: path, stale });
  }
});

test('a platform that is known by its certificate id finds the file with its PCK certificate', async () => {
  const path = join(folder, 'with-certificate.json');
  writeFileSync(path, json);
  const source = createBundleSource({ path });
  const address = { qeId: '00'.repeat(16), pceSvn: '0d00', pceId: '0000' };
  const cpuSvn = createHash('sha256').update('another').digest('hex').slice(0, 32);
  const certified = pckCpuSvn();
  assert.equal(code(await source.get({ tee: 'sgx', pckCertificate: { ...address, cpuSvn: certified } }, { at })), 'ok');
  assert.equal(
    code(await source.get({ tee: 'sgx', pckCertificate: { ...address, cpuSvn } }, { at })),
    'bundle-no-match',
  );
});

/** CPUSVN of the simulated PCK certificate: OCTET STRING of 16 bytes after its object identifier. */
function pckCpuSvn(): string {
  const der = new X509Certificate(platform.certificates.pck).raw;
  const oid = Buffer.from('060b2a864886f84d010d01021204', 'hex');
  const start = der.indexOf(oid) + oid.length + 1;
  return der.subarray(start, start + 16).toString('hex');
}

test('a file above the limit is refused without being read', async () => {
  const path = join(folder, 'large.json');
  writeFileSync(path, '');
  truncateSync(path, 16 * 1024 * 1024 + 1);
  const result = await createBundleSource({ path }).get(needed, { at });
  assert.equal(code(result), 'bundle-malformed');
});
