/**
 * The least that a server of this kind can be: `node:https` that parses the same request, does the same verification and makes the
 * same signature, and nothing else. Answers `address` and `memory`. The second argument is the CA file of the service: beside it is the
 * certificate that the service made.
 */
import { sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { dirname, join } from 'node:path';
import {
  appraiseSgx,
  intelRoots,
  parseSgxEvidence,
  sgxClaims,
  VerificationCache,
  verifyIntelCollateral,
} from '@atesto/evidence/advanced';
import { generateSigningKey } from '@atesto/token';
import { answerMessages, memoryNow } from './process.ts';
import { readWorkload } from './workload.ts';

const [directory = '', caFile = ''] = process.argv.slice(2);
const { collateral, at, trustAnchors } = readWorkload(directory);
const development = trustAnchors.map((spkiSha256) => ({ name: 'simulated root', spkiSha256, development: true }));
const verified = verifyIntelCollateral(collateral, { trustAnchors: [...intelRoots, ...development] });
if (!verified.ok) throw new Error(verified.refusal.why);
const endorsements = verified.value;
const cache = new VerificationCache();
const made = await generateSigningKey({
  issuer: 'https://localhost',
  notBefore: new Date(at.getTime() - 1000),
  notAfter: new Date(at.getTime() + 86_400_000),
});
if (!made.ok) throw new Error(made.refusal.why);
const { privateKey } = made.value;
const header = Buffer.from('{"alg":"RS256","typ":"JWT"}').toString('base64url');

function attest(body: string): string {
  const request: { quote: string; nonce: string } = JSON.parse(body);
  const evidence = parseSgxEvidence(Buffer.from(request.quote, 'base64url'));
  if (!evidence.ok) throw new Error(evidence.refusal.why);
  const appraisal = appraiseSgx(evidence.value, endorsements, { at, cache });
  if (!appraisal.ok) throw new Error(appraisal.refusal.why);
  const claims = JSON.stringify({ nonce: request.nonce, ...sgxClaims(appraisal.value) });
  const input = `${header}.${Buffer.from(claims).toString('base64url')}`;
  return JSON.stringify({ token: `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}` });
}

const tls = {
  key: readFileSync(join(dirname(caFile), 'server.key')),
  cert: readFileSync(join(dirname(caFile), 'server.pem')),
};
const server = createServer(tls, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.end(attest(Buffer.concat(chunks).toString()));
  });
});
await listening(server);
const address = server.address();
const port = typeof address === 'object' && address !== null ? address.port : 0;
answerMessages(
  (message) => (message === 'memory' ? memoryNow() : { url: `https://127.0.0.1:${port}/`, caFile }),
  () => process.exit(),
);

function listening(of: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  of.listen(0, '127.0.0.1', resolve);
  return promise;
}
