export { type Outcome, type Refusal, Refused, refuse, settle } from './bytes/refusal.ts';
export { type IntelCollateral, type IntelCollateralPart, type TcbStatus, tcbStatuses } from './intel/collateral.ts';
