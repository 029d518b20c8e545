/** Generates policy texts: without errors or nearly so, in any layout, with comments and the forms that give warnings. */
import fc from 'fast-check';

const strings = [
  '"a"',
  '"b"',
  '"x y"',
  '"C:\\\\x"',
  '"say \\"a\\""',
  '"AttestationService"',
  '""',
  '"[1, 2]"',
  '"é\u{1F600}"',
];
const types = ['"a"', '"b"', '"c"', '"x-own"'];
const identifiers = ['c', 'type', 'permit', 'C1', '_x'];

const anyCase = (word: string): fc.Arbitrary<string> =>
  fc.constantFrom(word, word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1));
const list = (item: fc.Arbitrary<string>, max: number): fc.Arbitrary<string> =>
  fc.array(item, { minLength: 1, maxLength: max }).map((items) => items.join(' , '));

const literal = fc.oneof(
  fc.constantFrom(...strings),
  fc.constantFrom('0', '1', '-1', '007', '0x1F', '9223372036854775807', '-9223372036854775808'),
  anyCase('true'),
  anyCase('false'),
);

function operand(bound: readonly string[]): fc.Arbitrary<string> {
  if (bound.length === 0) return literal;
  const value = fc.constantFrom(...bound).map((name) => `${name} . value`);
  const calls = fc.oneof(
    value.map((text) => `AppendString( ${text} , "x" )`),
    value.map((text) => `JsonToClaimValue(JmesPath(${text}, "a[*].b"))`),
    value.map((text) => `ContainsOnlyValue( ${text}, 1)`),
    value.map((text) => `isSubsetOf(${text},${text})`),
    value.map((text) => `NegateBool(${text})`),
  );
  return fc.oneof(literal, value, calls);
}

const comparison = fc.constantFrom('==', '==', '=', '!=');

function condition(name: string | undefined, bound: readonly string[]): fc.Arbitrary<string> {
  const test = fc.oneof(
    fc
      .tuple(anyCase('type'), fc.constantFrom('==', '=', '!='), fc.constantFrom(...types))
      .map((parts) => parts.join(' ')),
    fc.tuple(fc.constant('value'), comparison, operand(bound)).map((parts) => parts.join(' ')),
    fc
      .tuple(fc.constant('value'), fc.constantFrom('<', '<=', '>', '>='), fc.constantFrom('1', '-5'))
      .map((parts) => parts.join(' ')),
    fc.constant('issuer == "CustomClaim"'),
  );
  const label = name === undefined ? fc.constantFrom('', '! ') : fc.constant(`${name} : `);
  return fc
    .tuple(label, list(test, 3), fc.boolean())
    .map(([front, tests, empty]) => `${front}[ ${empty ? '' : tests} ]`);
}

const conditions = fc
  .tuple(fc.shuffledSubarray(identifiers, { maxLength: 2 }), fc.nat({ max: 2 }))
  .chain(([names, bare]) => {
    const named = names.map((name, index) => condition(name, names.slice(0, index)));
    const others = Array.from({ length: bare }, () => condition(undefined, names));
    return fc.tuple(...named, ...others).map((parts) => ({ text: parts.join(' && '), names }));
  });

const actionsOf = {
  configurationrules: ['issueproperty'],
  authorizationrules: ['permit', 'deny', 'add', 'issue'],
  issuancerules: ['add', 'issue', 'issueproperty'],
} as const;

function action(section: keyof typeof actionsOf, names: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...actionsOf[section]).chain((name) => {
    if (name === 'permit' || name === 'deny') return anyCase(name).map((word) => `${word} ( )`);
    const made = fc
      .tuple(fc.constantFrom(...types), operand(names))
      .map(([type, value]) => `type = ${type} , value = ${value}`);
    const copied = names.map((bound) => fc.constant(`claim = ${bound}`));
    return fc.tuple(anyCase(name), fc.oneof(made, ...copied)).map(([word, claim]) => `${word}( ${claim} )`);
  });
}

function section(name: keyof typeof actionsOf): fc.Arbitrary<string> {
  const rule = conditions.chain(({ text, names }) =>
    fc
      .tuple(action(name, names), fc.constantFrom(' ;', ' ;', '', ' ; ;'))
      .map(([act, end]) => `${text} => ${act}${end}`),
  );
  return fc
    .tuple(anyCase(name), fc.array(rule, { maxLength: 5 }), fc.constantFrom(' ;', ' ;', ''))
    .map(([word, rules, end]) => `${word} { ${rules.join(' ')} }${end}`);
}

/** Space and comments between tokens. */
const gap = fc.oneof(
  { weight: 12, arbitrary: fc.constant(' ') },
  { weight: 4, arbitrary: fc.constantFrom('\n', '\r\n', '\n\n\n', '\t', '  ') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '// note\n',
      '//\n',
      ' // => permit() c:[  \r\n',
      '\n// own line\n',
      '/* a */',
      '/* a\n  b */',
      '\n/* c */ /* d */\n',
    ),
  },
);

/** Policy texts that the parser accepts. */
export const policyTexts: fc.Arbitrary<string> = fc
  .record({
    start: fc.constantFrom('', '\uFEFF', '// first\n', ' '),
    sections: fc.tuple(
      fc.option(section('configurationrules'), { nil: '' }),
      section('authorizationrules'),
      fc.option(section('issuancerules'), { nil: '' }),
    ),
    swap: fc.boolean(),
    gaps: fc.array(gap, { minLength: 1, maxLength: 40 }),
  })
  .map(({ start, sections, swap, gaps }) => {
    const [first, second, third] = sections;
    const body = swap ? [second, first, third] : [first, second, third];
    return start + spread(`version = 1.2 ; ${body.join(' ')} `, gaps);
  });

/** Puts a gap at each space that is not in a string. */
function spread(text: string, gaps: readonly string[]): string {
  let next = 0;
  return text.replaceAll(/"(?:\\.|[^"\\])*"| /g, (found) =>
    found === ' ' ? (gaps[next++ % gaps.length] ?? ' ') : found,
  );
}
