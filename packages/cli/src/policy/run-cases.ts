/** Runs the cases of a file against a policy, and renders what came of them. */
import {
  type AttestationType,
  ConfigurationError,
  checkPolicyCases,
  type PolicyTestReport,
  testPolicy,
} from '@atesto/policy';
import { misused } from '../failure.ts';
import { printable, type Style } from '../style.ts';
import { renderDiagnostics } from './render-diagnostics.ts';

/** Runs cases as they stand in a file: what is none is a wrong call. */
export function runCases(
  text: string,
  cases: readonly unknown[],
  attestationType: AttestationType | undefined,
  path: string,
): PolicyTestReport {
  try {
    checkPolicyCases(cases);
    return testPolicy(text, cases, attestationType === undefined ? {} : { attestationType });
  } catch (error) {
    if (error instanceof ConfigurationError) return misused(`the cases ${path}: ${error.message}`);
    throw error;
  }
}

/** A line for each case, its differences, and how many passed. */
export function renderCases(text: string, { errors, results }: PolicyTestReport, style: Style): string {
  if (errors.length > 0) {
    const diagnostics = renderDiagnostics(text, { errors, warnings: [], notes: [] }, style);
    return `${diagnostics}${style.bad('refused')}: the policy has errors\n`;
  }
  const lines = results.flatMap(({ name, passed, differences }) => [
    `${passed ? style.good('passed') : style.bad('failed')}  ${printable(name)}`,
    ...differences.map((difference) => `        ${printable(difference)}`),
  ]);
  const passed = results.filter((result) => result.passed).length;
  return `${lines.join('\n')}\n${passed} passed, ${results.length - passed} failed\n`;
}
