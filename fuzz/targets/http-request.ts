/** HTTP requests as bytes: attest calls with runtime data, nonces and drafts, and reads of metadata, at a running service. */
import type { FuzzOutcome, FuzzTarget } from '../engine/target.ts';
import { intel } from '../platforms/intel.ts';
import { exchangeBytes } from '../platforms/service.ts';

function post(path: string, body: object): Uint8Array {
  const text = JSON.stringify(body);
  const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n`;
  return Buffer.from(head + text);
}

const get = (path: string): Uint8Array => Buffer.from(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
const chunked = Buffer.from(
  'POST /attest/SgxEnclave?api-version=2020-10-01 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{"quote":"AAAA"}\r\n0\r\n\r\n',
);
const quote = Buffer.from(intel.quote()).toString('base64url');
const attest = '/attest/SgxEnclave?api-version=2020-10-01';
const policy = 'version= 1.0;authorizationrules{=> permit();};issuancerules{};';

/** What a token asserts of the hardware; the rest is what the caller sent, the time and the key. */
function asserted(token: string): string {
  const claims: Record<string, unknown> = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  const names = ['x-ms-sgx-mrenclave', 'x-ms-sgx-mrsigner', 'x-ms-sgx-is-debuggable', 'x-ms-sgx-ehd', 'x-ms-runtime'];
  return JSON.stringify(names.map((name) => claims[name]));
}

/** What the one genuine quote justifies. */
async function genuineFacts(): Promise<string> {
  for (;;) {
    const answer = (await exchangeBytes(post(attest, { quote }))).toString('latin1');
    const token = /"token":"([^"]+)"/.exec(answer)?.[1];
    if (token !== undefined) return asserted(token);
  }
}

const genuine = await genuineFacts();

/** The first answer on the connection. A failure of the service is a fault, and so is an error without a code. */
function outcomeIn(answer: string): FuzzOutcome {
  if (answer === '') return { code: 'closed' };
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1];
  if (status === undefined) throw new Error(`no answer of HTTP: ${answer.slice(0, 200)}`);
  if (status === '100') return outcomeIn(answer.slice(answer.indexOf('\r\n\r\n') + 4));
  const token = /"token":"([^"]+)"/.exec(answer)?.[1];
  if (token !== undefined && status === '200') {
    if (asserted(token) !== genuine) throw new Error(`a token that no evidence justifies: ${token}`);
    return { code: 'accepted' };
  }
  if (status < '400') return { code: status };
  const code = /"innererror":\{"code":"([^"]+)"/.exec(answer)?.[1];
  const hasBody = !/^HEAD /.test(answer) && !/content-length: 0/i.test(answer);
  if (status >= '500' && code !== 'not-ready' && code !== 'too-busy') throw new Error(`${status} ${code}: ${answer}`);
  if (code === undefined && hasBody && answer.includes('\r\n\r\n{'))
    throw new Error(`an error without a code: ${answer}`);
  return { code: code ?? status, where: status };
}

export const target: FuzzTarget = {
  seeds: [
    post(attest, { quote }),
    post(attest, {
      quote,
      nonce: '1234',
      runtimeData: { data: Buffer.from('{"a":1}').toString('base64url'), dataType: 'JSON' },
    }),
    post(attest, { quote, draftPolicyForAttestation: policy }),
    post('/attest/TdxVm?api-version=2023-04-01-preview', { quote }),
    post('/attest/SevSnpVm?api-version=2022-08-01', { report: quote }),
    post('/attest/AzureGuest?api-version=2020-10-01', { AttestationInfo: quote }),
    post('/policies/SgxEnclave:explain', { policy, claims: {} }),
    get('/certs'),
    get('/.well-known/openid-configuration'),
    get('/policies/SgxEnclave?api-version=2020-10-01'),
    get('/providers/default/readyz'),
    chunked,
  ],
  dictionary: [
    'Transfer-Encoding: chunked\r\n',
    'Content-Length: 0\r\n',
    'Expect: 100-continue\r\n',
    '\r\n',
    'Authorization: Bearer ',
    'x-forwarded-for: 1.2.3.4\r\n',
    '/providers/',
    '%00',
    '__proto__',
    '"dataType":"Binary"',
  ].map((word) => Buffer.from(word)),
  run: async (input) => outcomeIn((await exchangeBytes(input)).toString('latin1')),
};
