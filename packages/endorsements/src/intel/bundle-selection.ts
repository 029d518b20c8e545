/**
 * Selects among collateral files those that serve a platform at a time: for each signed body the one that was issued last, whatever file it is in and how
 * long the rest of that file lasts. Revocation lists are not chosen here: all of them count.
 */
import type { IntelCollateral } from '@atesto/evidence/advanced';
import type { WatchedFile } from '../files/watched-files.ts';
import type { BundleContents, SignedContents } from './bundle-contents.ts';

/** A file that could be read. */
export interface ReadFile {
  readonly path: string;
  readonly readAt: Date;
  readonly contents: BundleContents;
}

/** Collateral of one file, or with bodies of others. */
export interface SelectedCollateral {
  readonly collateral: IntelCollateral;
  readonly nextUpdate: Date | undefined;
  readonly readAt: Date;
  /** Paths, those of several files joined by commas. */
  readonly source: string;
  /** The same for the same parts of the same files. */
  readonly key: string;
}

type Body = 'tcb_info' | 'qe_identity';
type SignedFile = ReadFile & { readonly contents: { readonly signed: SignedContents } };

/** Files with contents. */
export function readable(files: readonly WatchedFile<BundleContents>[]): ReadFile[] {
  return files.flatMap(({ path, readAt, contents }) => (contents === undefined ? [] : [{ path, readAt, contents }]));
}

/**
 * Selects among the files that are for a platform, with bodies of all files.
 * @param candidates files that are for the platform
 * @param isTrusted whether a root, by its fingerprint, is one that the appraisal will trust: files under others come last
 */
export function selectCollateral(
  candidates: readonly ReadFile[],
  files: readonly ReadFile[],
  at: Date,
  isTrusted: (rootSpkiSha256: string) => boolean,
): SelectedCollateral | undefined {
  const signed = candidates.filter(isSigned);
  const trusted = signed.filter(({ contents }) => isTrusted(contents.signed.rootSpkiSha256));
  const base = newest(trusted.length > 0 ? trusted : signed, 'tcb_info', at);
  if (base === undefined) return selectUnsigned(candidates);
  const { tee, fmspc, signed: ofBase } = base.contents;
  const beside = files.filter(isSigned).filter(({ contents }) => {
    return contents.tee === tee && contents.signed.rootSpkiSha256 === ofBase.rootSpkiSha256;
  });
  const tcb = newest([base, ...beside.filter(({ contents }) => contents.fmspc === fmspc)], 'tcb_info', at) ?? base;
  const identity = newest([base, ...beside], 'qe_identity', at) ?? base;
  const nextUpdate = Math.min(
    ofBase.dates.root_ca_crl.nextUpdate,
    ofBase.dates.pck_crl.nextUpdate,
    tcb.contents.signed.dates.tcb_info.nextUpdate,
    identity.contents.signed.dates.qe_identity.nextUpdate,
  );
  return {
    collateral: composed(base, tcb, identity),
    nextUpdate: new Date(nextUpdate),
    readAt: base.readAt,
    source: [...new Set([base, tcb, identity].map(({ path }) => path))].join(', '),
    key: [base, tcb, identity].map(({ path }) => path).join('\n'),
  };
}

function isSigned(file: ReadFile): file is SignedFile {
  return file.contents.signed !== undefined;
}

/** The file whose body was issued last, none that was issued later than the time; where all were, the first of them. */
function newest(files: readonly SignedFile[], body: Body, at: Date): SignedFile | undefined {
  const issued = ({ contents }: SignedFile): number => contents.signed.dates[body].issued;
  const past = files.filter((file) => issued(file) <= at.getTime());
  const [last] = past.toSorted((one, other) => issued(other) - issued(one) || compareNumbers(one, other));
  return last ?? files.toSorted((one, other) => issued(one) - issued(other))[0];
}

/** Of bodies of the same date the one of the higher TCB evaluation data number. */
function compareNumbers(one: SignedFile, other: SignedFile): number {
  return other.contents.signed.tcbEvaluationDataNumber - one.contents.signed.tcbEvaluationDataNumber;
}

function composed(base: ReadFile, tcb: ReadFile, identity: ReadFile): IntelCollateral {
  const { collateral } = base.contents;
  if (tcb === base && identity === base) return collateral;
  const [ofTcb, ofIdentity] = [tcb.contents.collateral, identity.contents.collateral];
  return {
    ...collateral,
    tcbInfoIssuerChain: ofTcb.tcbInfoIssuerChain,
    tcbInfo: ofTcb.tcbInfo,
    tcbInfoSignature: ofTcb.tcbInfoSignature,
    qeIdentityIssuerChain: ofIdentity.qeIdentityIssuerChain,
    qeIdentity: ofIdentity.qeIdentity,
    qeIdentitySignature: ofIdentity.qeIdentitySignature,
  };
}

/** Files whose signatures do not hold: the appraisal says what is wrong with the one that would last longest. */
function selectUnsigned(candidates: readonly ReadFile[]): SelectedCollateral | undefined {
  const due = ({ contents }: ReadFile): number => contents.nextUpdate?.getTime() ?? Number.NEGATIVE_INFINITY;
  const [file] = candidates.toSorted((one, other) => due(other) - due(one));
  if (file === undefined) return undefined;
  const { path, readAt, contents } = file;
  return { collateral: contents.collateral, nextUpdate: contents.nextUpdate, readAt, source: path, key: path };
}
