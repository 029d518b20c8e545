/** The peer: `@phala/dcap-qvl`, a verifier of DCAP quotes in JavaScript. */
import { X509Certificate } from 'node:crypto';
import { QuoteVerifier } from '@phala/dcap-qvl';
import type { Workload } from './workload.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Verifies the workload's quote with the peer, which prepares nothing ahead; throws when the peer refuses. */
export function peerVerifier({ evidence, collateral, at, rootPem }: Workload): () => void {
  const theirs = {
    pck_crl_issuer_chain: collateral.pckCrlIssuerChain,
    root_ca_crl: hex(collateral.rootCaCrl),
    pck_crl: hex(collateral.pckCrl),
    tcb_info_issuer_chain: collateral.tcbInfoIssuerChain,
    tcb_info: text(collateral.tcbInfo),
    tcb_info_signature: hex(collateral.tcbInfoSignature),
    qe_identity_issuer_chain: collateral.qeIdentityIssuerChain,
    qe_identity: text(collateral.qeIdentity),
    qe_identity_signature: hex(collateral.qeIdentitySignature),
  };
  const verifier =
    rootPem === undefined ? QuoteVerifier.newProd() : QuoteVerifier.newWithRootCa(new X509Certificate(rootPem).raw);
  const seconds = Math.floor(at.getTime() / 1000);
  return () => {
    verifier.verify(evidence, theirs, seconds);
  };
}
