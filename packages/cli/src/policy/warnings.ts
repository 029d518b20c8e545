/** What about a policy that is sound should its author know all the same? */
import { attestationKinds, compilePolicy } from '@atesto/policy';
import type { Session } from '../session.ts';
import { tellRemarks } from './remarks.ts';

/** Tells the warnings of a text on standard error; its errors are for the service to tell. */
export function tellWarnings(text: string, type: string, { err, style }: Session): void {
  const attestationType = attestationKinds.find((kind) => kind.toLowerCase() === type.toLowerCase());
  const { warnings } = compilePolicy(text, attestationType === undefined ? {} : { attestationType });
  err(tellRemarks(text, { errors: [], warnings, informations: [] }, style.err));
}
