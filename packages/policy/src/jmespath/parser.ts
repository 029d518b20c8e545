/**
 * Parses a JMESPath query to its tree (jmespath.org, grammar) by precedence climbing over the specification's binding powers.
 * A projection takes everything that follows and binds tighter than `|`, `||`, `&&` and comparisons.
 */

import type { Budget } from '../budget.ts';
import { limits } from '../limits.ts';
import { fail } from '../refusal.ts';
import type { QueryNode, QueryParameter } from './ast.ts';
import { checkCall } from './functions/signatures.ts';
import { invalidQuery, type QueryToken, tokenizeQuery } from './lexer.ts';
import {
  call,
  chain,
  comparison,
  connect,
  current,
  filter,
  hash,
  leaf,
  list,
  not,
  project,
  projectValues,
} from './nodes.ts';

const powers: Readonly<Record<string, number>> = {
  '|': 1,
  '||': 2,
  '&&': 3,
  '==': 5,
  '!=': 5,
  '<': 5,
  '<=': 5,
  '>': 5,
  '>=': 5,
  '[]': 9,
  '[?': 21,
  '.': 40,
  '[': 55,
};
/** Operators that bind less tightly end a projection. */
const projectionStop = 10;
const starPower = 20;
const notPower = 45;

/** Parses a query. Refuses with `query-invalid`, `limit-query-depth`, or when the budget is exhausted. */
export function parseQuery(query: string, budget: Budget): QueryNode {
  return new QueryParser(query, budget).whole();
}

class QueryParser {
  readonly #tokens: readonly QueryToken[];
  readonly #end: QueryToken;
  #index = 0;
  #depth = 0;

  constructor(query: string, budget: Budget) {
    this.#tokens = tokenizeQuery(query, budget);
    this.#end = { kind: 'end', text: '', value: null, offset: query.length };
  }

  whole(): QueryNode {
    const node = this.#expression(0);
    if (this.#token.kind !== 'end') this.#unexpected();
    return node;
  }

  #expression(power: number): QueryNode {
    if (++this.#depth > limits.queryDepth) tooDeep();
    let left = this.#prefix();
    while (power < this.#power()) left = this.#infix(left);
    this.#depth--;
    return left;
  }

  #prefix(): QueryNode {
    const token = this.#advance();
    switch (token.kind) {
      case 'literal':
        return leaf({ kind: 'literal', value: token.value });
      case 'name':
        return this.#sees('(') ? this.#call(token) : leaf({ kind: 'field', name: token.text });
      case 'quoted':
        if (this.#sees('(')) invalidQuery(token.offset, 'a function name stands without quotes');
        return leaf({ kind: 'field', name: token.text });
      case 'symbol':
        return this.#prefixSymbol(token);
      default:
        return this.#unexpected(token);
    }
  }

  #prefixSymbol(token: QueryToken): QueryNode {
    switch (token.text) {
      case '@':
        return current;
      case '*':
        return projectValues(current, this.#projected(starPower));
      case '!':
        return not(this.#expression(notPower));
      case '(': {
        const inner = this.#expression(0);
        this.#expect(')');
        return inner;
      }
      case '{':
        return this.#hash();
      case '[?':
        return this.#filter(current);
      case '[]':
        return project(chain(current, leaf({ kind: 'flatten' })), this.#projected(9));
      case '[':
        return this.#seesIndex() || this.#seesWildcard() ? this.#bracket(current) : this.#list();
      default:
        return this.#unexpected(token);
    }
  }

  #infix(left: QueryNode): QueryNode {
    const token = this.#advance();
    switch (token.text) {
      case '|':
        return chain(left, this.#expression(1));
      case '||':
        return connect('or', left, this.#expression(2));
      case '&&':
        return connect('and', left, this.#expression(3));
      case '.':
        if (!this.#take('*')) return chain(left, this.#dotted(40));
        return projectValues(left, this.#projected(starPower));
      case '[?':
        return this.#filter(left);
      case '[]':
        return project(chain(left, leaf({ kind: 'flatten' })), this.#projected(9));
      case '[':
        return this.#bracket(left);
      default:
        return comparison(token.text, left, this.#expression(5)) ?? this.#unexpected(token);
    }
  }

  /** After `[`: an index, a slice or `*`. */
  #bracket(left: QueryNode): QueryNode {
    if (this.#take('*')) {
      this.#expect(']');
      return project(left, this.#projected(starPower));
    }
    if (!this.#seesIndex()) this.#unexpected();
    const parts: (number | undefined)[] = [undefined];
    while (!this.#sees(']')) {
      if (this.#take(':')) parts.push(undefined);
      else if (this.#token.kind === 'number' && parts.at(-1) === undefined) parts[parts.length - 1] = this.#integer();
      else this.#unexpected();
      if (parts.length > 3) this.#unexpected();
    }
    this.#advance();
    const [start, stop, step = 1] = parts;
    if (parts.length === 1 && start !== undefined) return chain(left, leaf({ kind: 'index', index: start }));
    if (step === 0) invalidQuery(this.#token.offset, 'the step of a slice is 0');
    return project(chain(left, leaf({ kind: 'slice', start, stop, step })), this.#projected(starPower));
  }

  #integer(): number {
    const token = this.#advance();
    const value = typeof token.value === 'number' ? token.value : Number.NaN;
    return Number.isSafeInteger(value) ? value : invalidQuery(token.offset, 'the index is too large');
  }

  #filter(left: QueryNode): QueryNode {
    const condition = this.#expression(0);
    this.#expect(']');
    return filter(left, condition, this.#projected(21));
  }

  /** What a projection applies to each element. */
  #projected(power: number): QueryNode {
    if (++this.#depth > limits.queryDepth) tooDeep();
    const each = this.#projectedStep(power);
    this.#depth--;
    return each;
  }

  #projectedStep(power: number): QueryNode {
    if (this.#power() < projectionStop) return current;
    if (this.#sees('[') || this.#sees('[?')) return this.#expression(power);
    if (this.#take('.')) return this.#dotted(power);
    return this.#unexpected();
  }

  /** What may follow a dot. */
  #dotted(power: number): QueryNode {
    const { kind } = this.#token;
    if (kind === 'name' || kind === 'quoted' || this.#sees('*')) return this.#expression(power);
    if (this.#take('[')) return this.#list();
    if (this.#take('{')) return this.#hash();
    return this.#unexpected();
  }

  #list(): QueryNode {
    const items: QueryNode[] = [];
    do items.push(this.#expression(0));
    while (this.#take(','));
    this.#expect(']');
    return list(items);
  }

  #hash(): QueryNode {
    const members: [string, QueryNode][] = [];
    do {
      const name = this.#advance();
      if (name.kind !== 'name' && name.kind !== 'quoted') this.#unexpected(name);
      this.#expect(':');
      members.push([name.text, this.#expression(0)]);
    } while (this.#take(','));
    this.#expect('}');
    return hash(members);
  }

  #call(name: QueryToken): QueryNode {
    this.#advance();
    const parameters: QueryParameter[] = [];
    if (!this.#sees(')')) {
      do {
        const isExpression = this.#take('&');
        parameters.push({ isExpression, node: this.#expression(0) });
      } while (this.#take(','));
    }
    this.#expect(')');
    const problem = checkCall(name.text, parameters);
    if (problem !== undefined) invalidQuery(name.offset, problem);
    return call(name.text, parameters);
  }

  get #token(): QueryToken {
    return this.#tokens[this.#index] ?? this.#end;
  }

  #advance(): QueryToken {
    const token = this.#token;
    this.#index++;
    return token;
  }

  #power(): number {
    const token = this.#token;
    return token.kind === 'symbol' ? (powers[token.text] ?? 0) : 0;
  }

  #sees(symbol: string): boolean {
    return this.#token.kind === 'symbol' && this.#token.text === symbol;
  }

  #seesIndex(): boolean {
    return this.#token.kind === 'number' || this.#sees(':');
  }

  #seesWildcard(): boolean {
    const next = this.#tokens[this.#index + 1];
    return this.#sees('*') && next?.kind === 'symbol' && next.text === ']';
  }

  #take(symbol: string): boolean {
    if (!this.#sees(symbol)) return false;
    this.#index++;
    return true;
  }

  #expect(symbol: string): void {
    if (!this.#take(symbol)) this.#unexpected();
  }

  #unexpected(token = this.#token): never {
    if (token.kind === 'end') return invalidQuery(token.offset, 'it ends early');
    if (token.kind === 'symbol') return invalidQuery(token.offset, `${token.text} does not fit there`);
    return invalidQuery(token.offset, `a ${token.kind} does not fit there`);
  }
}

function tooDeep(): never {
  return fail('limit-query-depth', `A query may nest at most ${limits.queryDepth} levels deep.`);
}
