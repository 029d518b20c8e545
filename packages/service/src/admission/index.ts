/** What the rest of the service uses of the admission layer. */
export { type LookupBudget, unlimitedLookups } from './lookups.ts';
export { type AdmissionFigures, finishAfterSending, type OpenAdmission, openAdmission } from './open.ts';
