/** AMD's endorsements as a provider gets them from the settings: bundle, mirror, service; certificates that came with the report. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import {
  appraiseSnp,
  type ParsedSnpReport,
  parseSnpReport,
  type SnpAppraisal,
  type SnpReport,
} from '@atesto/evidence/advanced';
import { stateDirectory } from '@atesto/store/testing';
import { createSimulatedSnpPlatform, generateAmdKeys, type SnpReportOptions } from '@atesto/testing/sevsnp';
import Fastify from 'fastify';
import { refusalOf } from '../__fixtures__/enclave.ts';
import { endorsementCaFile, serveKds } from '../__fixtures__/endorsement-service.ts';
import { serve } from '../__fixtures__/service.ts';
import { unlimitedLookups } from '../admission/index.ts';
import { parseConfig } from '../config/load.ts';
import type { ServiceSettings } from '../config/schema.ts';
import { Health } from '../health/health.ts';
import { refusalOfError } from '../http/refusal-of.ts';
import { AmdEndorsements } from '../providers/amd.ts';
import { configuredSources } from './sources.ts';

const at = new Date('2026-06-01T12:00:00Z');
const day = 86_400_000;
const keys = await generateAmdKeys(2048);
const platform = await createSimulatedSnpPlatform({ at, keys });
const { ark, ask, asvk, vcek, vlek } = platform.certificates;
const list = await platform.revocationList();

type AmdSettings = NonNullable<NonNullable<ServiceSettings['endorsements']>['amd']>;

/** The endorsements of a provider under settings, with a clock to turn. */
function open(amd: AmdSettings, directory = stateDirectory(), endorsementTimeoutMs = 5000) {
  let now = at.getTime();
  const config = parseConfig({
    environment: 'development',
    stateDirectory: directory,
    limits: { endorsementTimeoutMs },
    provider: { trustAnchors: [platform.rootFingerprint] },
    endorsements: { amd },
  });
  const clock = (): Date => new Date(now);
  const sources = configuredSources(config, { clock }, Fastify().log, new Health(Fastify().log, clock));
  after(() => sources.close());
  const endorsements = new AmdEndorsements(sources.amd, {
    developmentRoots: config.provider.trustAnchors,
    timeoutMs: endorsementTimeoutMs,
    revocationList: config.endorsements.amd.revocationList,
  });
  return {
    close: sources.close,
    turn: (ms: number): void => {
      now += ms;
    },
    endorse: (report: SnpReport, supplied?: string) =>
      endorsements.endorse(report, supplied, {
        at: new Date(now),
        signal: new AbortController().signal,
        lookups: unlimitedLookups,
      }),
    now: () => new Date(now),
  };
}

type Opened = ReturnType<typeof open>;

function parsedReport(options: SnpReportOptions = {}): ParsedSnpReport {
  const parsed = parseSnpReport(platform.report(options));
  assert.ok(parsed.ok);
  return parsed.value;
}

/** The appraisal of a report, or status and code of the refusal. */
async function attest(
  opened: Opened,
  options: SnpReportOptions = {},
  supplied?: string,
): Promise<SnpAppraisal | [number, string]> {
  const parsed = parsedReport(options);
  try {
    const { endorsements, allowExpiredCollateral } = await opened.endorse(parsed.report, supplied);
    const appraisal = appraiseSnp(parsed, endorsements, { at: opened.now(), allowExpiredCollateral });
    return appraisal.ok ? appraisal.value : [400, appraisal.refusal.code];
  } catch (error) {
    const refused = refusalOfError(error) ?? assert.fail(String(error));
    return [refused.status, refused.refusal.code];
  }
}

async function revocationOf(opened: Opened, options: SnpReportOptions = {}, supplied?: string): Promise<unknown> {
  const appraisal = await attest(opened, options, supplied);
  return 'revocation' in appraisal ? appraisal.revocation : appraisal;
}

function filesIn(files: Record<string, string | Uint8Array>): string {
  const directory = stateDirectory();
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), bytes);
  }
  return directory;
}

describe('AMD’s service', () => {
  test('gives what a report under a VCEK needs, once', async () => {
    const kds = await serveKds({ contents: platform });
    const opened = open({ url: kds.url, caFile: endorsementCaFile });
    assert.equal(await revocationOf(opened), 'checked');
    assert.equal(await revocationOf(opened), 'checked');
    assert.equal(kds.requests.length, 3);
  });

  test('is not asked for a certificate that came with the report', async () => {
    const kds = await serveKds({ contents: platform });
    const opened = open({ url: kds.url, caFile: endorsementCaFile });
    assert.equal(await revocationOf(opened, {}, vcek + ask + ark), 'checked');
    assert.equal(await revocationOf(opened, { signingKey: 'VLEK' }, vlek), 'checked');
    const paths = [
      '/vcek/v1/Milan/cert_chain',
      '/vcek/v1/Milan/crl',
      '/vlek/v1/Milan/cert_chain',
      '/vlek/v1/Milan/crl',
    ];
    assert.deepEqual(kds.requests.toSorted(), paths);
  });

  test('is not needed after a restart', async () => {
    const directory = stateDirectory();
    const kds = await serveKds({ contents: platform });
    const first = open({ url: kds.url, caFile: endorsementCaFile }, directory);
    assert.equal(await revocationOf(first), 'checked');
    await first.close();
    await kds.close();
    assert.equal(await revocationOf(open({ url: kds.url, caFile: endorsementCaFile }, directory)), 'checked');
  });

  for (const [how, fault, refusal] of [
    ['does not know the chip', { kind: 'status', status: 404, item: 'vcek' }, [400, 'endorsements-not-found']],
    ['refuses', { kind: 'status', status: 403 }, [503, 'endorsements-unauthorized']],
    [
      'wants a long pause',
      { kind: 'status', status: 429, retryAfterSeconds: 60, item: 'vcek' },
      [503, 'endorsements-throttled'],
    ],
    ['gives a list of a wrong signature', { kind: 'wrong-signature', item: 'crl' }, [503, 'endorsements-not-genuine']],
  ] as const) {
    test(`that ${how}: ${refusal.join(' ')}`, async () => {
      const kds = await serveKds({ contents: platform, faults: [fault] });
      assert.deepEqual(await attest(open({ url: kds.url, caFile: endorsementCaFile })), refusal);
    });
  }

  test('that never answers costs no more than the patience of the settings', async () => {
    const kds = await serveKds({ contents: platform, faults: [{ kind: 'hang' }] });
    const opened = open({ url: kds.url, caFile: endorsementCaFile }, stateDirectory(), 50);
    assert.deepEqual(await attest(opened), [503, 'endorsements-timeout']);
  });

  test('that is away: a list serves past its next update within the grace alone', async () => {
    for (const [staleGraceSeconds, expected] of [
      [0, [503, 'endorsements-expired']],
      [20 * 86_400, true],
    ] as const) {
      const kds = await serveKds({ contents: platform });
      const opened = open({ url: kds.url, caFile: endorsementCaFile, staleGraceSeconds });
      await attest(opened);
      kds.setFaults([{ kind: 'status', status: 403 }]);
      opened.turn(370 * day);
      const appraisal = await attest(opened);
      assert.deepEqual('revocationListExpired' in appraisal ? appraisal.revocationListExpired : appraisal, expected);
    }
  });
});

test('a guest is attested on the wire, online', async () => {
  const kds = await serveKds({ contents: platform });
  const service = await serve(
    {
      provider: { trustAnchors: [platform.rootFingerprint] },
      endorsements: { amd: { url: kds.url, caFile: endorsementCaFile } },
    },
    { clock: () => at },
  );
  const report = Buffer.from(platform.report()).toString('base64url');
  const answer = await service.attest('SevSnpVm', { report });
  assert.equal(answer.status, 200, answer.text);
  kds.setFaults([{ kind: 'status', status: 403 }]);
  const other = await createSimulatedSnpPlatform({ at, keys });
  const refused = await service.attest('SevSnpVm', { report: Buffer.from(other.report()).toString('base64url') });
  assert.deepEqual(refusalOf(refused), [503, 'ServiceUnavailable', 'endorsements-unauthorized']);
});

describe('files', () => {
  test('go before the service: the bundle, then the mirror', async () => {
    const kds = await serveKds({ contents: platform });
    const bundle = filesIn({ 'milan.pem': ask + ark, 'milan.crl': list });
    const { chipId, tcb } = platform.state;
    const query = `blSPL=0${tcb.bootLoader}&teeSPL=0${tcb.tee}&snpSPL=${tcb.snp}&ucodeSPL=${tcb.microcode}`;
    const mirror = filesIn({
      [`vcek/v1/Milan/${chipId}?${query}`]: new X509Certificate(vcek).raw,
      'vcek/v1/Milan/cert_chain': ask + ark,
      'vcek/v1/Milan/crl': list,
    });
    const opened = open({ bundle, mirror, url: kds.url, caFile: endorsementCaFile });
    assert.equal(await revocationOf(opened, {}, vcek), 'checked');
    assert.equal(await revocationOf(opened), 'checked');
    assert.deepEqual(kds.requests, []);
    const withoutMirror = open({ bundle, url: kds.url, caFile: endorsementCaFile });
    assert.equal(await revocationOf(withoutMirror), 'checked');
    assert.equal(kds.requests.length, 3);
  });

  test('that lack something say so', async () => {
    const bundle = filesIn({ 'milan.pem': ask + asvk + ark, 'milan.crl': list });
    assert.deepEqual(await attest(open({ bundle })), [400, 'bundle-no-match']);
    const withoutList = filesIn({ 'milan.pem': ask + ark });
    assert.deepEqual(await attest(open({ bundle: withoutList }), {}, vcek), [503, 'bundle-incomplete']);
  });
});

describe('the evidence’s own fault', () => {
  const bundle = filesIn({ 'milan.pem': ask + asvk + ark, 'milan.crl': list });
  test('a VLEK without its certificate', async () => {
    assert.deepEqual(await attest(open({ bundle }), { signingKey: 'VLEK' }), [400, 'vlek-certificate-missing']);
  });

  test('certificates that are none, and one that AMD did not issue', async () => {
    assert.deepEqual(await attest(open({ bundle }), {}, 'junk'), [400, 'pem-malformed']);
    const stranger = await createSimulatedSnpPlatform({ at, keys: await generateAmdKeys(2048) });
    const refused = await attest(open({ bundle }), {}, stranger.certificates.vcek);
    assert.deepEqual(refused, [400, 'supplied-certificate-not-genuine']);
  });

  test('a chip that hides', async () => {
    const opened = open({ bundle: filesIn({ 'all.pem': vcek + ask + ark, 'milan.crl': list }) });
    assert.deepEqual(await attest(opened, { fields: { chipId: Buffer.alloc(64) } }), [400, 'vcek-not-addressable']);
  });
});

describe('without a revocation list', () => {
  test('nothing is attested unless the operator does without', async () => {
    const supplied = vcek + ask + ark;
    assert.deepEqual(await attest(open({}), {}, supplied), [503, 'endorsements-unavailable']);
    assert.equal(await revocationOf(open({ revocationList: 'when-there' }), {}, supplied), 'unchecked');
  });

  test('the authorities of the evidence are trusted no more than others', async () => {
    const stranger = await createSimulatedSnpPlatform({ at, keys: await generateAmdKeys(2048) });
    const { certificates } = stranger;
    const supplied = certificates.vcek + certificates.ask + certificates.ark;
    assert.deepEqual(await attest(open({ revocationList: 'when-there' }), {}, supplied), [400, 'chain-root-untrusted']);
  });

  test('a service that is away is not the same as none', async () => {
    const kds = await serveKds({ contents: platform, faults: [{ kind: 'status', status: 403 }] });
    const opened = open({ url: kds.url, caFile: endorsementCaFile, revocationList: 'when-there' });
    assert.deepEqual(await attest(opened, {}, vcek + ask + ark), [503, 'endorsements-unauthorized']);
  });

  test('a bundle gives way to a mirror or a service that has the list', async () => {
    const bundle = filesIn({ 'all.pem': vcek + ask + ark });
    const lenient = { bundle, revocationList: 'when-there' } as const;
    assert.equal(await revocationOf(open(lenient)), 'unchecked');
    const kds = await serveKds({ contents: platform });
    assert.equal(await revocationOf(open({ ...lenient, url: kds.url, caFile: endorsementCaFile })), 'checked');
    const mirror = filesIn({ 'vcek/v1/Milan/cert_chain': ask + ark, 'vcek/v1/Milan/crl': list });
    assert.equal(await revocationOf(open({ ...lenient, mirror }), {}, vcek), 'checked');
    assert.equal(await revocationOf(open({ ...lenient, mirror: filesIn({}) })), 'unchecked');
  });

  describe('a list at hand is used although the authorities come with the evidence:', () => {
    const lenient = { revocationList: 'when-there' } as const;
    const revoking = platform.revocationList({ crl: { revoked: [new X509Certificate(asvk).serialNumber] } });
    const fromAsvk = vlek + asvk + ark;
    const underVlek = (amd: AmdSettings): Promise<unknown> =>
      revocationOf(open({ ...lenient, ...amd }), { signingKey: 'VLEK' }, fromAsvk);
    const refused = [400, 'certificate-revoked'];

    test('of a bundle without the ASVK', async () => {
      assert.equal(await underVlek({ bundle: filesIn({ 'ark.pem': ark, 'milan.crl': list }) }), 'checked');
      assert.deepEqual(await underVlek({ bundle: filesIn({ 'ark.pem': ark, 'milan.crl': await revoking }) }), refused);
    });

    test('of a mirror without /vlek/', async () => {
      const mirrored = (crl: Uint8Array) =>
        filesIn({ 'vcek/v1/Milan/cert_chain': ask + ark, 'vcek/v1/Milan/crl': crl });
      assert.equal(await underVlek({ mirror: mirrored(list) }), 'checked');
      assert.deepEqual(await underVlek({ mirror: mirrored(await revoking) }), refused);
    });

    test('of a mirror beside a bundle without it', async () => {
      const mirror = filesIn({ 'vcek/v1/Milan/crl': list });
      const bundle = filesIn({ 'all.pem': vcek + ask + asvk + ark });
      assert.equal(await underVlek({ bundle, mirror }), 'checked');
      assert.equal(await revocationOf(open({ ...lenient, bundle, mirror })), 'checked');
    });

    test('of a mirror, past its next update', async () => {
      const past = { thisUpdate: new Date(at.getTime() - 9 * day), nextUpdate: new Date(at.getTime() - day) };
      const mirror = filesIn({ 'vcek/v1/Milan/crl': await platform.revocationList({ crl: past }) });
      const bundle = filesIn({ 'all.pem': asvk + ark });
      assert.deepEqual(await underVlek({ bundle, mirror }), [400, 'collateral-expired']);
    });

    test('of a mirror, where it cannot be read', async () => {
      const mirror = filesIn({ 'vlek/v1/Milan/crl/in-its-place': '' });
      const bundle = filesIn({ 'all.pem': asvk + ark });
      for (const amd of [{ mirror }, { mirror, bundle }]) {
        assert.deepEqual(await underVlek(amd), [503, 'bundle-unreadable']);
      }
    });

    test('and none of them vouches for authorities that AMD did not sign', async () => {
      const { certificates } = await createSimulatedSnpPlatform({ at, keys: await generateAmdKeys(2048) });
      const supplied = vlek + certificates.asvk + certificates.ark;
      for (const amd of [
        { bundle: filesIn({ 'milan.crl': list }) },
        { mirror: filesIn({ 'vcek/v1/Milan/crl': list }) },
      ]) {
        const opened = open({ ...lenient, ...amd });
        const answer = await attest(opened, { signingKey: 'VLEK' }, supplied);
        assert.deepEqual(answer, [400, 'supplied-certificate-not-genuine']);
      }
    });
  });

  test('a bundle does not stand in for a service that is away', async () => {
    const kds = await serveKds({ contents: platform, faults: [{ kind: 'status', status: 403 }] });
    const bundle = filesIn({ 'all.pem': vcek + ask + ark });
    const opened = open({ bundle, url: kds.url, caFile: endorsementCaFile, revocationList: 'when-there' });
    assert.deepEqual(await attest(opened), [503, 'endorsements-unauthorized']);
  });
});
