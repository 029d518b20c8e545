/** The admission layer's interface to the rest of the service. */
export { type LookupBudget, unlimitedLookups } from './budgets.ts';
export { type AdmissionFigures, finishAfterSending, type OpenAdmission, openAdmission } from './open.ts';
