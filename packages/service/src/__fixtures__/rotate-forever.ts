/** A process that adds signing keys without end and prints what is stored after each: to be killed. */
import { generateSigningKey, type KeyRing, type SigningKey } from '@atesto/token';
import { RingFile } from '../keys/ring-file.ts';

const [directory = ''] = process.argv.slice(2);
const issuer = 'https://attest.example.org';
const file = new RingFile(directory, issuer, { kind: 'key', key: new Uint8Array(32).fill(1) });
let ring: KeyRing<SigningKey> = await file.load();
for (;;) {
  const at = new Date();
  const made = await generateSigningKey({
    issuer,
    algorithm: 'ES256',
    notBefore: at,
    notAfter: new Date(at.getTime() + 86_400_000),
  });
  if (!made.ok) throw new Error(made.refusal.why);
  ring = [...ring, { key: made.value, publishedFrom: at, signsFrom: at }];
  await file.save(ring);
  process.stdout.write(`${JSON.stringify(ring.map(({ key }) => key.kid))}\n`);
}
