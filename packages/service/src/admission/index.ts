/** What the rest of the service uses of the admission layer. */
export { type AdmissionFigures, finishAfterSending, type OpenAdmission, openAdmission } from './open.ts';
