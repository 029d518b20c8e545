export { Refused, refuse, settle, type Outcome, type Refusal } from './bytes/refusal.ts';
export { type IntelCollateral, type IntelCollateralPart, type TcbStatus, tcbStatuses } from './intel/collateral.ts';
