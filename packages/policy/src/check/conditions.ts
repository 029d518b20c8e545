/** Checks whether the tests of a condition can hold (policy language, sections 2 and 5). */
import { type ClaimValue, claimIssuers, claimValueTypes, valueTypeOf } from '../claims/claim.ts';
import type { Diagnostics } from '../diagnostic.ts';
import { limits } from '../limits.ts';
import type { Condition, Test } from '../syntax/ast.ts';

/** A test against a literal. */
interface LiteralTest extends Test {
  readonly literal: ClaimValue;
}

/** Checks each test of a condition, then whether the tests exclude each other. */
export function checkCondition(condition: Condition, diagnostics: Diagnostics): void {
  for (const test of condition.tests) checkTest(test, diagnostics);
  const literals = condition.tests
    .slice(0, limits.testsPerCondition)
    .flatMap((test): LiteralTest[] =>
      test.operand.kind === 'literal' ? [{ ...test, literal: test.operand.value }] : [],
    );
  const contradicting = literals.find((test, index) => literals.slice(0, index).some((other) => exclude(other, test)));
  if (contradicting === undefined) return;
  const message = 'The tests of this condition exclude each other: no claim passes them all.';
  diagnostics.note('never-holds', contradicting, message);
}

function checkTest(test: Test, diagnostics: Diagnostics): void {
  const { property, operator, operand } = test;
  const isOrdering = operator !== '==' && operator !== '!=';
  if (isOrdering && property !== 'value') {
    diagnostics.error(
      'literal-kind',
      test,
      `${operator} compares integers, and ${property} is a String.`,
      'Compare with == or !=.',
    );
    return;
  }
  if (operand.kind !== 'literal') return;
  const { value } = operand;
  if (property === 'value') {
    if (isOrdering && typeof value !== 'bigint')
      diagnostics.error(
        'literal-kind',
        operand,
        `${operator} compares integers, not a ${valueTypeOf(value)}.`,
        'Compare with == or !=.',
      );
    return;
  }
  if (typeof value !== 'string') {
    diagnostics.error(
      'literal-kind',
      operand,
      `${property} is a String, never the ${valueTypeOf(value)} ${value}.`,
      quote(value),
    );
  } else if (property === 'type' && value === '') {
    diagnostics.error('literal-kind', operand, 'The type of a claim is never empty.');
  } else if (property === 'valueType' && !claimValueTypes.some((type) => type === value)) {
    diagnostics.error(
      'literal-kind',
      operand,
      'There is no such value type.',
      `There are ${claimValueTypes.join(', ')}.`,
    );
  } else if (property === 'issuer' && operator === '==' && !claimIssuers.some((issuer) => issuer === value)) {
    const hint = `There are ${claimIssuers.join(', ')}.`;
    diagnostics.note('never-holds', operand, 'No claim has this issuer.', hint);
  }
}

function quote(value: ClaimValue): string {
  return `Write "${value}".`;
}

/** Whether no claim can pass both tests. */
function exclude(a: LiteralTest, b: LiteralTest): boolean {
  if (a.property === 'value' && b.property === 'valueType') return contradictsType(a, b);
  if (a.property === 'valueType' && b.property === 'value') return contradictsType(b, a);
  if (a.property !== b.property) return false;
  if (a.operator === '==') return !holds(b.operator, a.literal, b.literal);
  if (b.operator === '==') return !holds(a.operator, b.literal, a.literal);
  return emptyRange(a, b);
}

function contradictsType(value: LiteralTest, type: LiteralTest): boolean {
  return value.operator === '==' && type.operator === '==' && valueTypeOf(value.literal) !== type.literal;
}

function holds(operator: Test['operator'], actual: ClaimValue, wanted: ClaimValue): boolean {
  if (operator === '==') return actual === wanted;
  if (operator === '!=') return actual !== wanted;
  if (typeof actual !== 'bigint' || typeof wanted !== 'bigint') return false;
  if (operator === '<') return actual < wanted;
  if (operator === '<=') return actual <= wanted;
  return operator === '>' ? actual > wanted : actual >= wanted;
}

/** `value > 5, value < 3` */
function emptyRange(a: LiteralTest, b: LiteralTest): boolean {
  if (a.operator === '!=' || b.operator === '!=') return false;
  const least = [a, b].map(leastOf).find((bound) => bound !== undefined);
  const greatest = [a, b].map(greatestOf).find((bound) => bound !== undefined);
  return least !== undefined && greatest !== undefined && least > greatest;
}

function leastOf({ operator, literal }: LiteralTest): bigint | undefined {
  if (typeof literal !== 'bigint') return undefined;
  return operator === '>=' ? literal : operator === '>' ? literal + 1n : undefined;
}

function greatestOf({ operator, literal }: LiteralTest): bigint | undefined {
  if (typeof literal !== 'bigint') return undefined;
  return operator === '<=' ? literal : operator === '<' ? literal - 1n : undefined;
}
