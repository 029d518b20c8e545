/** Reads the numbers of JSON text without changing them. RFC 8259, section 6, leaves their precision to each reader. */

/** Digits, exponent and sign of a decimal: ±digits × 10^exponent, without zeros at either end; zero has no digits. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

/**
 * The value of a JSON number: whole numbers beyond ±(2^53-1) as `bigint`, all others as `number`. Undefined when a double does not hold
 * it and it is not written in digits alone: passing it on would change it.
 * @param text as RFC 8259 writes a number
 */
export function exactNumber(text: string): number | bigint | undefined {
  if (/^-?\d+$/.test(text)) return text.length <= 15 ? Number(text) + 0 : narrowed(BigInt(text));
  const value = Number(text);
  if (!Number.isFinite(value)) return undefined;
  const decimal = decimalOf(text);
  if (decimal.digits === '') return 0;
  if (decimal.exponent < 0) return sameDecimal(decimal, decimalOf(String(value))) ? value : undefined;
  const whole = BigInt(decimal.digits) * 10n ** BigInt(decimal.exponent) * (decimal.negative ? -1n : 1n);
  return BigInt(value) === whole ? narrowed(whole) : undefined;
}

function narrowed(whole: bigint): number | bigint {
  const value = Number(whole);
  return Number.isSafeInteger(value) ? value : whole;
}

function decimalOf(text: string): Decimal {
  const negative = text.startsWith('-');
  const [mantissa = '', exponent = '0'] = text
    .slice(negative ? 1 : 0)
    .toLowerCase()
    .split('e');
  const [units = '', fraction = ''] = mantissa.split('.');
  const all = `${units}${fraction}`.replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  return { negative, digits, exponent: Number(exponent) - fraction.length + (all.length - digits.length) };
}

function sameDecimal(left: Decimal, right: Decimal): boolean {
  return left.negative === right.negative && left.digits === right.digits && left.exponent === right.exponent;
}
