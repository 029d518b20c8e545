/** The attacks: what a stranger with one published quote, or a reader of a provider, can send. */
import { hostilePolicies } from '@atesto/policy/testing';
import type { Attack } from './attack.ts';
import { heldBack, holdConnections, silent } from './connect.ts';
import { type Sent, sendUntil } from './send.ts';

const attestPath = '/attest/SgxEnclave?api-version=2020-10-01';
const mebibyte = 1_048_576;

/** The things one after the other, from the start again after the last. */
function inTurn<Thing>(things: readonly Thing[]): () => Thing {
  let at = 0;
  return () => {
    const thing = things[at++ % things.length];
    if (thing === undefined) throw new Error('there is nothing to send');
    return thing;
  };
}

const attest = (members: object): Sent => ({ path: attestPath, body: JSON.stringify(members) });

/** Every attack, in the order in which they are run. */
export const attacks: readonly Attack[] = [
  {
    name: 'draft policies that want memory and time',
    run: (target, signal) => {
      const draft = ({ text }: { text: string }): Sent =>
        attest({ quote: target.quote, draftPolicyForAttestation: text });
      return sendUntil(signal, target, 8, inTurn(hostilePolicies.map(draft)));
    },
  },
  {
    name: 'evidence that is refused, as fast as it goes',
    run: (target, signal) => sendUntil(signal, target, 64, () => attest({ quote: 'AAAA' })),
  },
  {
    name: 'access tokens of nobody',
    run: (target, signal) => {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const accessToken = `${part({ alg: 'RS256', kid: 'unknown' })}.${part({ iss: 'https://nobody.example' })}.AAAA`;
      return sendUntil(signal, target, 64, () => ({ ...attest({ quote: target.quote }), accessToken }));
    },
  },
  {
    name: 'genuine evidence, as fast as it goes',
    run: (target, signal) => sendUntil(signal, target, 64, () => attest({ quote: target.quote })),
  },
  {
    name: '5000 connections that say nothing',
    run: (target, signal) => holdConnections(signal, (ended) => silent(target, ended), 5000),
  },
  {
    name: '400 bodies that never end',
    run: (target, signal) => holdConnections(signal, heldBack(target, mebibyte), 400),
  },
  {
    name: '400 bodies that never end, where a token is required',
    settings: { requireAccessToken: true },
    run: (target, signal) => holdConnections(signal, heldBack(target, mebibyte), 400),
  },
  {
    name: 'queries of the audit record that find nothing',
    auditEntries: 300_000,
    run: (target, signal) =>
      sendUntil(signal, target, 8, () => ({
        method: 'GET',
        path: '/audit?api-version=2025-06-01&operation=attest&verdict=failed',
        accessToken: target.accessToken,
      })),
  },
];
