/** Intel's endorsements from a certification service over HTTPS, as attest calls see them: faults, cache, fallback. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { endorsementCodes } from '@atesto/endorsements';
import { stateDirectory } from '@atesto/store/testing';
import type { PcsFault, PcsServer } from '@atesto/testing/servers';
import { collateralToJson, createSimulatedPlatform } from '@atesto/testing/sgx';
import { readVector, readVectorCollateral, readVectorJson, vectorCases, vectorsMissing } from '@atesto/vectors';
import { base64url, claimsOf, collateral, platform, quoteOf, refusalOf } from '../__fixtures__/enclave.ts';
import { endorsementCaFile, servePcs } from '../__fixtures__/endorsement-service.ts';
import { serve, type TestService } from '../__fixtures__/service.ts';
import type { ServiceSettings } from '../config/schema.ts';

const day = 86_400_000;
const quote = quoteOf();

type IntelSettings = NonNullable<NonNullable<ServiceSettings['endorsements']>['intel']>;

/** A service whose endorsements come from a server, with a clock to turn. */
async function serveFrom(
  pcs: PcsServer,
  intel: IntelSettings = {},
  settings: ServiceSettings = {},
): Promise<{ service: TestService; turn: (ms: number) => void }> {
  let now = Date.now();
  const service = await serve(
    {
      provider: { trustAnchors: [platform.rootFingerprint] },
      endorsements: { intel: { url: pcs.url, caFile: endorsementCaFile, ...intel } },
      ...settings,
    },
    { clock: () => new Date(now) },
  );
  const turn = (ms: number): void => {
    now += ms;
  };
  return { service, turn };
}

const attestOn = (service: TestService) => service.attest('SgxEnclave', { quote });

test('endorsements come from the service once, and are then at hand', async () => {
  const pcs = await servePcs({ collateral });
  const { service } = await serveFrom(pcs);
  assert.equal(claimsOf(await attestOn(service))['x-atesto-development-root'], true);
  const asked = pcs.requests.length;
  assert.deepEqual(
    pcs.requests.toSorted(),
    [
      '/sgx/certification/v4/pckcrl?ca=platform&encoding=der',
      '/sgx/certification/v4/qe/identity',
      '/sgx/certification/v4/rootcacrl',
      '/sgx/certification/v4/tcb?fmspc=00a5a5000000',
    ].toSorted(),
  );
  assert.equal((await attestOn(service)).status, 200);
  assert.equal(pcs.requests.length, asked);
});

test('a PCCS answers as well, and the subscription key and the TCB baseline reach it', async () => {
  const keyFile = join(stateDirectory(), 'key');
  writeFileSync(keyFile, 'k3y\n');
  const pcs = await servePcs({ collateral, dialect: 'pccs' });
  const { service } = await serveFrom(pcs, {
    service: 'pccs',
    tcbUpdateType: 'early',
    subscriptionKeyFile: keyFile,
  });
  assert.equal((await attestOn(service)).status, 200);
  assert.ok(pcs.requests.includes('/sgx/certification/v4/tcb?fmspc=00a5a5000000&update=early'));
});

test('nothing is fetched for a quote under a root that is not trusted, whatever platform it claims', async () => {
  const stranger = await createSimulatedPlatform({ at: new Date(), fmspc: '0123456789ab' });
  const pcs = await servePcs({ collateral });
  const { service } = await serveFrom(pcs);
  const answer = await service.attest('SgxEnclave', { quote: base64url(stranger.quote()) });
  assert.deepEqual(refusalOf(answer), [400, 'InvalidParameter', 'chain-root-untrusted']);
  assert.deepEqual(pcs.requests, []);
});

describe('a service that fails', async () => {
  const pcs = await servePcs({ collateral });
  const { service, turn } = await serveFrom(pcs);
  const unavailable = (code: string): [number, string, string] => [503, 'ServiceUnavailable', code];
  const failures: [string, PcsFault, [number, string, string]][] = [
    ['with status 500', { kind: 'status', status: 500 }, unavailable('endorsements-server-error')],
    ['with status 403', { kind: 'status', status: 403 }, unavailable('endorsements-unauthorized')],
    ['throttling', { kind: 'status', status: 429, retryAfterSeconds: 60 }, unavailable('endorsements-throttled')],
    ['by breaking off', { kind: 'truncated', item: 'tcb-info' }, unavailable('endorsements-truncated')],
    ['with a wrong signature', { kind: 'wrong-signature', item: 'tcb-info' }, unavailable('endorsements-not-genuine')],
    [
      'with a list of a wrong signature',
      { kind: 'wrong-signature', item: 'pck-crl' },
      unavailable('endorsements-not-genuine'),
    ],
    ['without an issuer chain', { kind: 'no-issuer-chain' }, unavailable('endorsements-malformed')],
    [
      'with a body that is something else',
      { kind: 'body', body: '<html>', item: 'tcb-info' },
      unavailable('endorsements-malformed'),
    ],
    [
      'not knowing the platform',
      { kind: 'status', status: 404, item: 'tcb-info' },
      [400, 'InvalidParameter', 'endorsements-not-found'],
    ],
  ];
  for (const [how, fault, refusal] of failures) {
    test(how, async () => {
      pcs.setFaults([fault]);
      turn(16_000);
      const answer = await attestOn(service);
      assert.deepEqual(refusalOf(answer), refusal);
      assert.doesNotMatch(answer.text, /at .*\.ts|Error:/);
    });
  }

  test('and then serves again: attestation goes on', async () => {
    pcs.setFaults([]);
    turn(16_000);
    assert.equal((await attestOn(service)).status, 200);
  });
});

test('collateral of another FMSPC is refused', async () => {
  const pcs = await servePcs({
    collateral: await platform.collateral({ tcbInfo: { fmspc: 'ffffffffffff' } }),
    faults: [{ kind: 'wrong-platform' }],
  });
  const { service } = await serveFrom(pcs);
  assert.deepEqual(refusalOf(await attestOn(service)), [503, 'ServiceUnavailable', 'endorsements-other-platform']);
});

test('a service that is too slow costs a caller no more than the patience of the settings', async () => {
  const pcs = await servePcs({ collateral, faults: [{ kind: 'hang' }] });
  const { service } = await serveFrom(pcs, {}, { limits: { endorsementTimeoutMs: 100 } });
  assert.deepEqual(refusalOf(await attestOn(service)), [503, 'ServiceUnavailable', 'endorsements-timeout']);
});

test('a service whose certificate is of a CA that is not trusted is not believed', async () => {
  const pcs = await servePcs({ collateral });
  const other = join(stateDirectory(), 'other.pem');
  writeFileSync(other, platform.certificates.root);
  const { service } = await serveFrom(pcs, { caFile: other }, { limits: { endorsementTimeoutMs: 5000 } });
  assert.deepEqual(refusalOf(await attestOn(service)), [503, 'ServiceUnavailable', 'endorsements-unreachable']);
});

test('without any source the service says so', async () => {
  const service = await serve({ provider: { trustAnchors: [platform.rootFingerprint] } });
  assert.deepEqual(refusalOf(await attestOn(service)), [503, 'ServiceUnavailable', 'endorsements-unavailable']);
});

describe('the cache', () => {
  test('survives a restart while the service is down', async () => {
    const directory = stateDirectory();
    const pcs = await servePcs({ collateral });
    const { service } = await serveFrom(pcs, {}, { stateDirectory: directory });
    assert.equal((await attestOn(service)).status, 200);
    await service.close();
    await pcs.close();
    const { service: next } = await serveFrom(pcs, {}, { stateDirectory: directory });
    assert.equal((await attestOn(next)).status, 200);
  });

  test('does not take in what somebody else put on the disk', async () => {
    const directory = stateDirectory();
    const pcs = await servePcs({ collateral });
    const { service } = await serveFrom(pcs, {}, { stateDirectory: directory });
    await attestOn(service);
    await service.close();
    const cache = join(directory, 'endorsements');
    for (const name of readdirSync(cache)) {
      const text = readFileSync(join(cache, name), 'utf8');
      writeFileSync(join(cache, name), text.replace('UpToDate', 'UptoDate'));
    }
    pcs.setFaults([{ kind: 'status', status: 404 }]);
    const { service: next } = await serveFrom(pcs, {}, { stateDirectory: directory });
    assert.equal((await attestOn(next)).status, 503);
    assert.ok(next.logged.some((line) => line.includes('a cached file of endorsements is ignored')));
  });

  test('serves past the next update only within the grace, and token and log say so', async () => {
    for (const [staleGraceSeconds, status] of [
      [0, 503],
      [20 * 86_400, 200],
    ] as const) {
      const pcs = await servePcs({ collateral });
      const { service, turn } = await serveFrom(pcs, { staleGraceSeconds });
      assert.equal(claimsOf(await attestOn(service))['x-atesto-expired-collateral'], undefined);
      pcs.setFaults([{ kind: 'status', status: 403 }]);
      turn(40 * day);
      const answer = await attestOn(service);
      assert.equal(answer.status, status, answer.text);
      if (status === 503) continue;
      assert.deepEqual(claimsOf(answer)['x-atesto-expired-collateral'], [
        'root_ca_crl',
        'pck_crl',
        'tcb_info',
        'qe_identity',
      ]);
      await attestOn(service);
      assert.equal(service.logged.filter((line) => line.includes('past their next update')).length, 1);
      turn(60_000);
      await attestOn(service);
      assert.equal(service.logged.filter((line) => line.includes('past their next update')).length, 2);
    }
  });

  test('is refreshed behind the calls before the next update', async () => {
    const issuedAt = (ms: number) => platform.collateral({ at: new Date(Date.now() + ms) });
    let served = collateral;
    const pcs = await servePcs({ collateral: () => served });
    const { service, turn } = await serveFrom(pcs);
    await attestOn(service);
    const asked = pcs.requests.length;
    served = await issuedAt(28 * day);
    turn(28 * day);
    assert.equal((await attestOn(service)).status, 200);
    const isRefreshed = (): boolean => service.logged.some((line) => line.includes('endorsements fetched anew'));
    for (let turns = 0; turns < 100_000 && !isRefreshed(); turns++) await new Promise(setImmediate);
    assert.equal(isRefreshed(), true);
    assert.equal(pcs.requests.length, 2 * asked);
  });
});

describe('a bundle', () => {
  const bundleOf = (text: string): string => {
    const path = join(stateDirectory(), 'bundle.json');
    writeFileSync(path, text);
    return path;
  };

  test('goes before the service', async () => {
    const pcs = await servePcs({ collateral });
    const { service } = await serveFrom(pcs, { bundle: bundleOf(JSON.stringify(collateralToJson(collateral))) });
    assert.equal((await attestOn(service)).status, 200);
    assert.deepEqual(pcs.requests, []);
  });

  test('that is expired, malformed or for other platforms gives way to the service', async () => {
    const expired = await platform.collateral({ at: new Date(Date.now() - 90 * day) });
    const others = await platform.collateral({ tcbInfo: { fmspc: 'ffffffffffff' } });
    for (const text of [JSON.stringify(collateralToJson(expired)), '{', JSON.stringify(collateralToJson(others))]) {
      const pcs = await servePcs({ collateral });
      const { service } = await serveFrom(pcs, { bundle: bundleOf(text) });
      assert.equal(claimsOf(await attestOn(service))['x-atesto-expired-collateral'], undefined);
      assert.equal(pcs.requests.length, 4);
    }
  });

  test('alone is refused with its own codes', async () => {
    const pcs = await servePcs({ collateral, faults: [{ kind: 'status', status: 404, item: 'tcb-info' }] });
    const settings = { endorsements: { intel: { bundle: bundleOf('{') } } };
    const { service } = await serveFrom(pcs, {}, settings);
    assert.deepEqual(refusalOf(await attestOn(service)), [503, 'ServiceUnavailable', 'bundle-malformed']);
  });

  test('is named to the caller by its setting, and by its path in the log alone', async () => {
    for (const [text, status, code] of [
      ['{', 503, 'bundle-malformed'],
      [JSON.stringify(collateralToJson(await platform.collateral({ tee: 'tdx' }))), 400, 'bundle-no-match'],
    ] as const) {
      const path = bundleOf(text);
      const service = await serve({
        provider: { trustAnchors: [platform.rootFingerprint] },
        endorsements: { intel: { bundle: path } },
      });
      const answer = await attestOn(service);
      const message = `endorsements.intel.bundle: ${endorsementCodes[code]}`;
      const wireCode = status === 400 ? 'InvalidParameter' : 'ServiceUnavailable';
      assert.equal(answer.status, status);
      assert.deepEqual(answer.body, { error: { code: wireCode, message, innererror: { code } } });
      // The log of a request is written after its answer.
      const isLogged = (): boolean => service.logged.some((line) => line.includes('"route"') && line.includes(path));
      for (let waited = 0; waited < 500 && !isLogged(); waited += 1) await delay(10);
      assert.ok(isLogged());
    }
  });

  test('with a broken file says so in the log when the service starts, with the path', async () => {
    const directory = stateDirectory();
    writeFileSync(join(directory, 'a.json'), JSON.stringify(collateralToJson(collateral)));
    writeFileSync(join(directory, 'b.json'), '{');
    const service = await serve({
      provider: { trustAnchors: [platform.rootFingerprint] },
      endorsements: { intel: { bundle: directory } },
    });
    const told = service.logged.map((line) => JSON.parse(line)).filter(({ code }) => code === 'bundle-malformed');
    assert.deepEqual(
      told.map(({ level, setting, where }) => [level, setting, where]),
      [[40, 'endorsements.intel.bundle', `${join(directory, 'b.json')} collateral`]],
    );
    assert.equal((await attestOn(service)).status, 200);
  });
});

describe('Intel’s own collateral, as its service gives it', { skip: vectorsMissing('sgx') }, () => {
  const accepted = ['UpToDate', 'SWHardeningNeeded', 'ConfigurationNeeded', 'ConfigurationAndSWHardeningNeeded'];
  for (const name of vectorCases('sgx')) {
    test(`${name}: attested or refused as with the same collateral in a file`, async () => {
      const expected = readVectorJson('sgx', name, 'expected.json');
      const pcs = await servePcs({ collateral: readVectorCollateral('sgx', name) });
      const service = await serve(
        { endorsements: { intel: { url: pcs.url, caFile: endorsementCaFile } } },
        { clock: () => new Date(String(expected.verificationTime)) },
      );
      const isReport = name.startsWith('openenclave');
      const bytes = readVector('sgx', name, isReport ? 'report.bin' : 'quote.bin').toString('base64url');
      const answer = isReport
        ? await service.attest('OpenEnclave', { report: bytes })
        : await service.attest('SgxEnclave', { quote: bytes });
      const expired = expected.collateralExpired;
      if (Array.isArray(expired) && expired.length > 0) {
        assert.deepEqual(refusalOf(answer), [503, 'ServiceUnavailable', 'endorsements-expired']);
      } else if (accepted.includes(String(expected.tcbStatus))) {
        assert.equal(claimsOf(answer)['x-atesto-development-root'], undefined);
      } else assert.deepEqual(refusalOf(answer), [400, 'InvalidParameter', 'baseline-tcb-status']);
    });
  }
});
