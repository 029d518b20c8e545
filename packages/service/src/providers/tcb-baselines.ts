/** The TCB baselines that a policy can choose. Source: Azure Attestation, "Custom TCB baseline enforcement". */
import type { ServiceConfig } from '../config/schema.ts';

/** One baseline of Intel. Its identifier in policies is its number. */
export interface SelectableTcbBaseline {
  readonly tcbEvaluationDataNumber: number;
  /** A date: `2023-02-14`. */
  readonly releaseDate: string;
  /** Versions of the platform software that first meet it. */
  readonly minimumPswLinuxVersion?: string | undefined;
  readonly minimumPswWindowsVersion?: string | undefined;
}

const documented: readonly SelectableTcbBaseline[] = [
  [15, '2023-02-14', '2.17', '2.16'],
  [14, '2022-11-08', '2.17', '2.16'],
  [13, '2022-08-09', '2.17', '2.16'],
  [12, '2021-11-10', '2.13.3', '2.13.100.2'],
  [11, '2021-06-08', '2.13.3', '2.13.100.2'],
  [10, '2020-11-10', '2.9', '2.7.101.2'],
].map(([number, releaseDate, linux, windows]) => ({
  tcbEvaluationDataNumber: Number(number),
  releaseDate: String(releaseDate),
  minimumPswLinuxVersion: String(linux),
  minimumPswWindowsVersion: String(windows),
}));

/** The operator's, or the documented ones; the newest first. */
export function selectableTcbBaselines({ provider }: ServiceConfig): readonly SelectableTcbBaseline[] {
  return (provider.tcbBaselines ?? documented).toSorted(
    (a, b) => b.tcbEvaluationDataNumber - a.tcbEvaluationDataNumber,
  );
}
