/**
 * Simulated Azure confidential VMs: HCL reports and what the guest agent sends.
 *
 * @module testing/azure
 */
export {
  type AttestationInfoOptions,
  type AzureMachine,
  type HclReportOptions,
  SimulatedAzureGuest,
} from './guest.ts';
export { claimsReportData, type HclHashName, type HclReportFields } from './hcl-report.ts';
