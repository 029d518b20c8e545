/** The ideal: the same decisions as the policies', written as TypeScript functions. */
import type { Claim, ClaimValue } from '@atesto/policy';

/** What a policy comes to. */
export interface Decision {
  readonly authorized: boolean;
  readonly outgoing: ReadonlyMap<string, ClaimValue>;
}

function valueIn(claims: readonly Claim[], type: string): ClaimValue | undefined {
  return claims.find((claim) => claim.type === type)?.value;
}

/** The default policy of enclaves. */
export function enclavesByHand(claims: readonly Claim[]): Decision {
  const outgoing = new Map<string, ClaimValue>();
  for (const { type, value } of claims) {
    switch (type) {
      case 'x-ms-sgx-is-debuggable':
        outgoing.set('is-debuggable', value);
        break;
      case 'x-ms-sgx-mrsigner':
        outgoing.set('sgx-mrsigner', value);
        break;
      case 'x-ms-sgx-mrenclave':
        outgoing.set('sgx-mrenclave', value);
        break;
      case 'x-ms-sgx-product-id':
        outgoing.set('product-id', value);
        break;
      case 'x-ms-sgx-svn':
        outgoing.set('svn', value);
        break;
      case 'x-ms-attestation-type':
        outgoing.set('tee', value);
        break;
    }
  }
  return { authorized: true, outgoing };
}

/** The policy of 100 rules. */
export function rolesByHand(claims: readonly Claim[]): Decision {
  const id = valueIn(claims, 'x-ms-sgx-product-id');
  const svn = valueIn(claims, 'x-ms-sgx-svn');
  const outgoing = new Map<string, ClaimValue>();
  if (typeof id !== 'bigint' || typeof svn !== 'bigint') return { authorized: false, outgoing };
  const authorized = id >= 4700n && id < 4750n && svn >= id % 5n;
  if (authorized) outgoing.set(`role-${id}`, id);
  return { authorized, outgoing };
}

interface Module {
  readonly EVENT_FILEPATH?: string;
  readonly EVENT_IMAGEVALIDATED?: boolean;
}

interface Boundary {
  readonly EVENT_CODEINTEGRITY?: boolean;
  readonly EVENT_BITLOCKER_UNLOCK?: { readonly Value?: number };
  readonly EVENT_LOADEDMODULE_AGGREGATION?: readonly Module[];
}

interface LoggedEvent {
  readonly EventTypeString: string;
  readonly PcrIndex: number;
  readonly ProcessedData?: {
    readonly VariableGuid?: string;
    readonly UnicodeName?: string;
    readonly VariableData?: string;
    readonly EVENT_TRUSTBOUNDARY?: Boundary;
  };
}

const drivers = ['\\windows\\system32\\drivers\\wdboot.sys', '\\windows\\system32\\drivers\\wd\\wdboot.sys'];

/** The TPM 1.2 sample. Its rule for the early-launch driver holds for any log with trusted events: the documented trap is kept. */
export function measuredBootByHand(claims: readonly Claim[]): Decision {
  const aik = valueIn(claims, 'aikValidated');
  const log: { readonly Events: readonly LoggedEvent[] } = JSON.parse(String(valueIn(claims, 'events')));
  const outgoing = new Map<string, ClaimValue>();
  if (aik !== undefined) outgoing.set('aikValidated', aik);
  const variables = log.Events.filter(
    ({ EventTypeString, ProcessedData }) =>
      EventTypeString === 'EV_EFI_VARIABLE_DRIVER_CONFIG' &&
      ProcessedData?.VariableGuid === '8BE4DF61-93CA-11D2-AA0D-00E098032B8C',
  );
  const secure = variables.filter(({ ProcessedData }) => ProcessedData?.UnicodeName === 'SecureBoot');
  outgoing.set('SecureBootEnabled', secure.length === 1 && secure[0]?.ProcessedData?.VariableData === 'AQ');
  const trusted = boundaries(log.Events, [12, 13, 19, 20]);
  const integrity = trusted.flatMap(({ EVENT_CODEINTEGRITY }) => EVENT_CODEINTEGRITY ?? []);
  outgoing.set('CodeIntegrityEnabled', integrity.length > 0 && integrity.every((value) => value));
  const unlocks = boundaries(log.Events, [12, 19]).flatMap(
    ({ EVENT_BITLOCKER_UNLOCK }) => EVENT_BITLOCKER_UNLOCK ?? [],
  );
  outgoing.set(
    'BitlockerStatus',
    unlocks.some(({ Value }) => Value !== 0),
  );
  const modules = trusted.flatMap(({ EVENT_LOADEDMODULE_AGGREGATION }) => EVENT_LOADEDMODULE_AGGREGATION ?? []);
  const early = modules.filter(
    ({ EVENT_FILEPATH, EVENT_IMAGEVALIDATED }) =>
      EVENT_IMAGEVALIDATED === true && drivers.includes(EVENT_FILEPATH?.toLowerCase() ?? ''),
  );
  outgoing.set('ELAMDriverLoaded', Array.isArray(early));
  return { authorized: true, outgoing };
}

function boundaries(events: readonly LoggedEvent[], pcrs: readonly number[]): Boundary[] {
  return events.flatMap(({ EventTypeString, PcrIndex, ProcessedData }) =>
    EventTypeString === 'EV_EVENT_TAG' && pcrs.includes(PcrIndex) ? (ProcessedData?.EVENT_TRUSTBOUNDARY ?? []) : [],
  );
}
