/** Looks into what Intel's certification service answers: TCB info, QE identity, the list of evaluation data numbers; in their envelope or bare. */
import { type Facts, type Inspector, plainMembers } from './inspection.ts';
import { membersOf } from './json.ts';

interface Kind {
  readonly kind: string;
  readonly title: string;
  /** The member of the envelope. */
  readonly envelope: string;
  /** Members by which a bare body is known. */
  readonly known: readonly string[];
  /** Members that say what it is for. */
  readonly shown: readonly string[];
}

const dates = ['issueDate', 'nextUpdate'];

/** TCB info. */
export const tcbInfoKind: Kind = {
  kind: 'intel-tcb-info',
  title: 'TCB info of Intel',
  envelope: 'tcbInfo',
  known: ['fmspc', 'tcbLevels'],
  shown: ['id', 'version', ...dates, 'tcbEvaluationDataNumber', 'tcbType', 'fmspc', 'pceId'],
};
/** The identity of a quoting enclave. */
export const qeIdentityKind: Kind = {
  kind: 'intel-qe-identity',
  title: 'Identity of a quoting enclave of Intel',
  envelope: 'enclaveIdentity',
  known: ['isvprodid', 'miscselect', 'tcbLevels'],
  shown: ['id', 'version', ...dates, 'tcbEvaluationDataNumber', 'mrsigner', 'isvprodid'],
};
const evaluationDataNumbersKind: Kind = {
  kind: 'intel-tcb-evaluation-data-numbers',
  title: 'TCB evaluation data numbers of Intel',
  envelope: 'tcbEvaluationDataNumbers',
  known: ['tcbEvalNumbers'],
  shown: ['id', 'version', ...dates, 'tcbEvalNumbers'],
};

type Members = ReadonlyMap<string, unknown>;

/** The members of a signed body that say what it is for. */
export function bodyFacts(members: Members, { shown }: Kind): Facts {
  const levels: unknown = members.get('tcbLevels');
  return plainMembers([
    ...shown.map((name) => [name, members.get(name)] as const),
    ['tcbLevels', Array.isArray(levels) ? levels.length : undefined],
  ]);
}

function openedBody(bytes: Uint8Array, { envelope }: Kind): { body: Members; isSigned: boolean } | undefined {
  const members = membersOf(bytes);
  if (members === undefined) return undefined;
  const inner = members.get(envelope);
  if (typeof inner !== 'object' || inner === null) return { body: members, isSigned: false };
  return { body: new Map(Object.entries(inner)), isSigned: typeof members.get('signature') === 'string' };
}

function inspectorOf(kind: Kind): Inspector {
  return {
    recognises: (bytes) => {
      const body = openedBody(bytes, kind)?.body;
      return body !== undefined && kind.known.every((name) => body.has(name));
    },
    inspect: (bytes) => {
      const { body, isSigned } = openedBody(bytes, kind) ?? { body: new Map<string, unknown>(), isSigned: false };
      const facts = { ...bodyFacts(body, kind), hasSignature: isSigned };
      return { ok: true, kind: kind.kind, title: kind.title, facts };
    },
  };
}

/** An inspector for each kind of answer. */
export const intelBodies: readonly Inspector[] = [tcbInfoKind, qeIdentityKind, evaluationDataNumbersKind].map(
  inspectorOf,
);
