/** Renders the trace of an evaluation, rule by rule: the tested conditions, their claims, which held, and what was made. */
import { type EvaluationReport, shownValue, type TraceCondition, type TraceRule, type TraceTest } from '@atesto/policy';
import { printable, type Style } from '../style.ts';

/** The sections in evaluation order, with the rules that were reached. */
export function renderTrace({ trace }: EvaluationReport, style: Style): string {
  const sections = [...new Set(trace.map(({ section }) => section))];
  return sections
    .map((section) => {
      const rules = trace.filter((rule) => rule.section === section);
      return `${style.title(section)}\n${rules.map((rule) => renderRule(rule, style)).join('')}`;
    })
    .join('');
}

function renderRule({ line, action, effect, conditions, made }: TraceRule, style: Style): string {
  const words = { permitted: style.good, denied: style.bad, failed: style.bad, made: style.good, skipped: style.faint };
  const place = style.faint(`line ${line}`);
  const tested = conditions.map((condition) => renderCondition(condition, style)).join('');
  const claims = made.map(
    ({ type, value }) => `      ${style.good('+')} ${printable(type)} = ${printable(shownValue(value))}\n`,
  );
  return `  ${place}  ${action}: ${words[effect](effect)}\n${tested}${claims.join('')}`;
}

function renderCondition(condition: TraceCondition, style: Style): string {
  const { holds, negated, identifier, tests, selected } = condition;
  const mark = holds ? style.good('yes') : style.bad('no ');
  const label = `${negated ? '!' : ''}${identifier === undefined ? '' : `${identifier}:`}`;
  const count = `${selected} ${selected === 1 ? 'claim' : 'claims'}`;
  const shown = tests.map(
    ({ property, operator, wanted }) => `${property} ${operator} ${wanted.map(shownValue).join(' or ') || 'nothing'}`,
  );
  const line = `    ${mark} ${label}[${printable(shown.join(', '))}] ${style.faint(count)}\n`;
  const failed = negated ? undefined : tests.find(({ passed }) => passed === 0);
  return holds || failed === undefined ? line : line + renderFailure(failed, style);
}

function renderFailure({ property, actual, reached }: TraceTest, style: Style): string {
  if (reached === 0) return `        ${style.warning('there are no claims')}\n`;
  const what = property === 'type' ? 'types that there are' : `${property} that there is`;
  return `        ${style.warning(what)}: ${printable(actual.map(shownValue).join(', '))}\n`;
}
