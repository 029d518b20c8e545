/** The words of the policy language, which match in any case (policy language, sections 1, 2, 6). */

/** The sections of a policy, in the order of the language. */
export const sectionNames = ['configurationrules', 'authorizationrules', 'issuancerules'] as const;
/** The name of a section. */
export type SectionName = (typeof sectionNames)[number];

/** The actions of rules. */
export const actionNames = ['permit', 'deny', 'add', 'issue', 'issueproperty'] as const;
/** The name of an action. */
export type ActionName = (typeof actionNames)[number];

/** The properties of a claim. */
export const propertyNames = ['type', 'value', 'valueType', 'issuer'] as const;
/** The name of a property. */
export type PropertyName = (typeof propertyNames)[number];

/** The functions of the language. */
export const functionNames = [
  'JmesPath',
  'JsonToClaimValue',
  'IsSubsetOf',
  'AppendString',
  'NegateBool',
  'ContainsOnlyValue',
] as const;
/** The name of a function. */
export type FunctionName = (typeof functionNames)[number];

/** The number of arguments of each function. */
export const arity: Readonly<Record<FunctionName, number>> = {
  JmesPath: 2,
  JsonToClaimValue: 1,
  IsSubsetOf: 2,
  AppendString: 2,
  NegateBool: 1,
  ContainsOnlyValue: 2,
};

/** The versions of the language, oldest first. */
export const versions = ['1.0', '1.1', '1.2'] as const;
/** A version of the language. */
export type Version = (typeof versions)[number];

/** The canonical form of a name, whose case is ignored. */
export function lookUp<Name extends string>(names: readonly Name[], word: string): Name | undefined {
  const exact = names.find((name) => name === word);
  if (exact !== undefined) return exact;
  const folded = word.toLowerCase();
  return names.find((name) => name.toLowerCase() === folded);
}

/** The known name closest to a misspelled word. */
export function nearest<Name extends string>(names: readonly Name[], word: string): Name | undefined {
  const folded = word.slice(0, 64).toLowerCase();
  let best: Name | undefined;
  let bestDistance = Math.max(2, Math.floor(folded.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(folded, name.toLowerCase());
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours between two words. */
function editDistance(a: string, b: string): number {
  let twoAgo: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(at(previous, j) + 1, at(row, j - 1) + 1, at(previous, j - 1) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, at(twoAgo, j - 2) + 1);
      row.push(cost);
    }
    twoAgo = previous;
    previous = row;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
