/** Evidence as clients send it: bare, or in a document with the habits of the real ones. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { outcomeCode } from '../__fixtures__/refusals.ts';
import { milan } from '../__fixtures__/snp-platform.ts';
import { type ParsedSnpEvidence, parseSnpEvidence, parseSnpReport } from '../advanced.ts';

const report = milan.report();
const { ark, ask, vcek } = milan.certificates;
const pem = vcek + ask + ark;
const url = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url');
const plain = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64');
const bytesOf = (document: unknown): Uint8Array => Buffer.from(JSON.stringify(document));
const messages = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)];
const endorsements = { Uvm: messages.map(url) };

function parsed(bytes: Uint8Array): Omit<ParsedSnpEvidence, 'report'> {
  const outcome = parseSnpEvidence(bytes);
  if (!outcome.ok) throw new Error(`${outcome.refusal.code} at ${outcome.refusal.where}: ${outcome.refusal.why}`);
  const { report: fields, ...rest } = outcome.value;
  assert.equal(Buffer.compare(fields.reportData, report.subarray(80, 144)), 0);
  return {
    ...rest,
    signedBytes: Buffer.from(rest.signedBytes),
    uvmEndorsements: rest.uvmEndorsements.map((b) => Uint8Array.from(b)),
  };
}

const signedParts = parseSnpReport(report);
assert.ok(signedParts.ok);
const { signature } = signedParts.value;
const bare = {
  signedBytes: Buffer.from(report.subarray(0, 672)),
  signature,
  certificates: undefined,
  uvmEndorsements: [],
};
const whole = { ...bare, certificates: pem, uvmEndorsements: messages };

describe('reads', () => {
  test('a bare report', () => assert.deepEqual(parsed(report), bare));

  for (const [what, document, expected] of [
    ['a report alone', { SnpReport: url(report) }, bare],
    ['a report with certificates', { SnpReport: url(report), VcekCertChain: url(pem) }, { ...bare, certificates: pem }],
    ['all of it', { SnpReport: url(report), VcekCertChain: url(pem), Endorsements: url(bytesOf(endorsements)) }, whole],
    [
      'padded and plain base64, with white space around',
      {
        SnpReport: ` ${plain(report)}\n`,
        VcekCertChain: plain(pem),
        Endorsements: plain(bytesOf({ Uvm: messages.map(plain) })),
      },
      whole,
    ],
    [
      'names in any case',
      { snpreport: url(report), VCEKCERTCHAIN: url(pem), endorsements: url(bytesOf({ uvm: endorsements.Uvm })) },
      whole,
    ],
    ['empty members as absent', { SnpReport: url(report), VcekCertChain: '', Endorsements: '' }, bare],
    ['null members as absent', { SnpReport: url(report), VcekCertChain: null, Endorsements: null }, bare],
    ['an empty list of endorsements', { SnpReport: url(report), Endorsements: url(bytesOf({ Uvm: null })) }, bare],
    ['members that are not known', { SnpReport: url(report), Other: { a: 1 } }, bare],
  ] as const) {
    test(what, () => assert.deepEqual(parsed(bytesOf(document)), expected));
  }

  test('odd white space in and around the document', () => {
    const text = `\r\n\t {\n\t"SnpReport" :\r\n "${url(report)}"\t,"VcekCertChain":"${url(pem)}"\n}\n `;
    assert.deepEqual(parsed(Buffer.from(text)), { ...bare, certificates: pem });
  });
});

describe('refuses', () => {
  for (const [what, bytes, code] of [
    ['nothing', new Uint8Array(), 'snp-report-size'],
    ['white space', Buffer.from('  \n'), 'snp-report-size'],
    ['a report that is cut off', report.subarray(1), 'snp-report-size'],
    ['a report with a byte behind it', Buffer.concat([report, Buffer.of(0)]), 'snp-report-size'],
    ['a list', Buffer.from('[]'), 'snp-report-size'],
    ['a document that is cut off', Buffer.from('{"SnpReport":'), 'snp-evidence-malformed'],
    ['a document that is not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'snp-evidence-malformed'],
    ['a document without a report', bytesOf({ VcekCertChain: url(pem) }), 'snp-evidence-malformed'],
    ['a report that is no text', bytesOf({ SnpReport: 5 }), 'snp-evidence-malformed'],
    ['a report that is not base64', bytesOf({ SnpReport: '*' }), 'snp-evidence-malformed'],
    ['a report in both alphabets', bytesOf({ SnpReport: '+_' }), 'snp-evidence-malformed'],
    ['a report of another size', bytesOf({ SnpReport: url(report.subarray(1)) }), 'snp-report-size'],
    ['two reports', Buffer.from(`{"SnpReport":"${url(report)}","snpReport":""}`), 'snp-evidence-malformed'],
    [
      'certificates that are not UTF-8',
      bytesOf({ SnpReport: url(report), VcekCertChain: '_w' }),
      'snp-evidence-malformed',
    ],
    [
      'endorsements that are no JSON',
      bytesOf({ SnpReport: url(report), Endorsements: 'AA' }),
      'snp-evidence-malformed',
    ],
    [
      'endorsements that are a list',
      bytesOf({ SnpReport: url(report), Endorsements: url('[]') }),
      'snp-evidence-malformed',
    ],
    [
      'endorsements of a utility VM that are no list',
      bytesOf({ SnpReport: url(report), Endorsements: url('{"Uvm":"AA"}') }),
      'snp-evidence-malformed',
    ],
    [
      'an endorsement that is no text',
      bytesOf({ SnpReport: url(report), Endorsements: url('{"Uvm":[1]}') }),
      'snp-evidence-malformed',
    ],
    [
      'too many endorsements',
      bytesOf({ SnpReport: url(report), Endorsements: url(bytesOf({ Uvm: Array(17).fill('AA') })) }),
      'snp-evidence-malformed',
    ],
  ] as const) {
    test(what, () => assert.equal(outcomeCode(parseSnpEvidence(bytes)), code));
  }

  test('documents changed anywhere, or reads them: never a crash', () => {
    const document = bytesOf({
      SnpReport: url(report),
      VcekCertChain: url('x'),
      Endorsements: url(bytesOf(endorsements)),
    });
    fc.assert(
      fc.property(fc.nat(document.length - 1), fc.nat(255), (offset, value) => {
        const changed = Uint8Array.from(document);
        changed[offset] = value;
        parseSnpEvidence(changed);
      }),
      { numRuns: 500 },
    );
  });
});
