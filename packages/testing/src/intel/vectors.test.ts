/** The writers, given the fields of real quotes and certificates, write them again byte for byte. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import { readVector, readVectorJson, vectorCases, vectorsMissing } from '@atesto/vectors';
import { createSimulatedPlatform, type SgxReportBodyFields } from '../sgx/index.ts';
import type { TdReportBodyFields } from '../tdx/index.ts';
import { pckExtension } from './pck-extension.ts';

const platform = await createSimulatedPlatform({ at: new Date('2026-06-01T12:00:00Z') });
const hexOf = (bytes: Buffer, start: number, size: number) => bytes.subarray(start, start + size).toString('hex');

function sgxFields(body: Buffer): SgxReportBodyFields {
  return {
    cpuSvn: hexOf(body, 0, 16),
    miscSelect: body.readUInt32LE(16),
    isvExtProdId: hexOf(body, 32, 16),
    attributes: hexOf(body, 48, 16),
    debug: ((body[48] ?? 0) & 2) !== 0,
    mrEnclave: hexOf(body, 64, 32),
    mrSigner: hexOf(body, 128, 32),
    configId: hexOf(body, 192, 64),
    isvProdId: body.readUInt16LE(256),
    isvSvn: body.readUInt16LE(258),
    configSvn: body.readUInt16LE(260),
    isvFamilyId: hexOf(body, 304, 16),
    reportData: hexOf(body, 320, 64),
  };
}

/** What follows the body: lengths as the quote declares them. */
function signatureData(quote: Buffer, start: number, nested: boolean) {
  const end = start + 4 + quote.readUInt32LE(start);
  const qe = start + 4 + 128 + (nested ? 6 : 0);
  const certification = qe + 384 + 64 + 2 + quote.readUInt16LE(qe + 448);
  return {
    attestationKeyBytes: hexOf(quote, start + 68, 64),
    quoteSignature: hexOf(quote, start + 4, 64),
    qeReport: sgxFields(quote.subarray(qe, qe + 384)),
    qeReportSignature: hexOf(quote, qe + 384, 64),
    qeAuthData: quote.subarray(qe + 450, certification),
    certification: { type: quote.readUInt16LE(certification), data: quote.subarray(certification + 6, end) },
    trailing: quote.subarray(end),
  };
}

function header(quote: Buffer) {
  return {
    version: quote.readUInt16LE(0),
    qeSvn: quote.readUInt16LE(8),
    pceSvn: quote.readUInt16LE(10),
    userData: hexOf(quote, 28, 20),
  };
}

/** The body's fields as the expectations give them, in hex. */
function tdFields(expected: unknown): Partial<TdReportBodyFields> {
  const { debug, ...fields } = Object(expected);
  assert.equal(typeof debug, 'boolean');
  return fields;
}

function pemOf(quote: Buffer): string {
  return quote.subarray(quote.indexOf('-----BEGIN')).toString('latin1');
}

describe('real evidence, written again', { skip: vectorsMissing('sgx') }, () => {
  for (const name of vectorCases('sgx').filter((name) => !name.startsWith('openenclave'))) {
    test(`SGX ${name}`, () => {
      const quote = readVector('sgx', name, 'quote.bin');
      const again = platform.quote({
        header: header(quote),
        body: sgxFields(quote.subarray(48, 432)),
        ...signatureData(quote, 432, false),
      });
      assert.deepEqual(Buffer.from(again), quote);
    });
  }

  for (const name of vectorCases('tdx')) {
    test(`TDX ${name}`, () => {
      const quote = readVector('tdx', name, 'quote.bin');
      const version = quote.readUInt16LE(0) === 5 ? 5 : 4;
      const again = platform.tdxQuote({
        version,
        header: header(quote),
        body: tdFields(readVectorJson('tdx', name, 'expected.json').body),
        ...signatureData(quote, version === 4 ? 632 : 48 + 6 + 648, true),
      });
      assert.deepEqual(Buffer.from(again), quote);
    });
  }

  for (const [folder, name] of [
    ['sgx', 'v3-platform-ca-up-to-date'],
    ['sgx', 'v3-processor-ca-config-and-sw-hardening'],
    ['tdx', 'v5-td15-up-to-date'],
  ] as const) {
    test(`the SGX extension of the PCK certificate of ${name}`, () => {
      const der = new X509Certificate(pemOf(readVector(folder, name, 'quote.bin'))).raw;
      const expected = readVectorJson(folder, name, 'expected.json');
      const { sgxTcbComponentSvns, pcesvn } = Object(expected.pck);
      const octets = (path: string, size: number) =>
        new RegExp(`060a2a864886f84d010d01${path}04${size.toString(16).padStart(2, '0')}(.{${size * 2}})`).exec(
          der.toString('hex'),
        )?.[1];
      const flags = der
        .toString('hex')
        .match(/060b2a864886f84d010d01070[1-3]0101(..)/g)
        ?.map((match) => match.endsWith('ff'));
      const extension = pckExtension({
        ppid: octets('01', 16) ?? '',
        tcbComponentSvns: sgxTcbComponentSvns,
        pceSvn: pcesvn,
        cpuSvn: /060b2a864886f84d010d0102120410(.{32})/.exec(der.toString('hex'))?.[1] ?? '',
        pceId: String(expected.pceId),
        fmspc: String(expected.fmspc),
        sgxType: Number(/060a2a864886f84d010d01050a01(..)/.exec(der.toString('hex'))?.[1]),
        platformInstanceId: octets('06', 16),
        configuration:
          flags === undefined
            ? undefined
            : { dynamicPlatform: flags[0] ?? false, cachedKeys: flags[1] ?? false, smtEnabled: flags[2] ?? false },
      });
      assert.ok(der.includes(extension));
    });
  }
});
