/** Lists all settings; the reference page, the environment variables and the error messages are derived from this table. */
import { z } from 'zod';
import { configSchema } from './schema.ts';

/** One setting. */
export interface ConfigRow {
  /** Its place in the configuration file: `listen.port`. */
  readonly path: string;
  /** The environment variable that overrides the file: `ATESTO_LISTEN_PORT`. */
  readonly variable: string;
  /** `string`, `integer`, `number`, `boolean`, `array` or `object`. */
  readonly kind: string;
  /** The values that it accepts. */
  readonly form: string;
  /** JSON of the default; absent if there is none. */
  readonly byDefault?: string;
  readonly meaning: string;
  /** Whether it is a path, relative to the configuration file. */
  readonly isPath: boolean;
  /** Whether it must not be shown. */
  readonly isSecret: boolean;
}

const jsonSchemaNode = z.looseObject({
  type: z.string().optional(),
  description: z.string().optional(),
  form: z.string().optional(),
  path: z.boolean().optional(),
  secret: z.boolean().optional(),
  default: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});

/** Every setting, in the order of the schema. */
export const configTable: readonly ConfigRow[] = rowsOf('', z.toJSONSchema(configSchema, { io: 'input' }));

function rowsOf(path: string, schema: unknown): ConfigRow[] {
  const node = jsonSchemaNode.parse(schema);
  if (node.description === undefined) {
    return Object.entries(node.properties ?? {}).flatMap(([name, child]) =>
      rowsOf(path === '' ? name : `${path}.${name}`, child),
    );
  }
  return [
    {
      path,
      variable: variableOf(path),
      kind: node.type ?? 'string',
      form: node.form ?? '',
      ...(node.default === undefined ? {} : { byDefault: JSON.stringify(node.default) }),
      meaning: node.description,
      isPath: node.path ?? false,
      isSecret: node.secret ?? false,
    },
  ];
}

/** `limits.bodyBytes` is `ATESTO_LIMITS_BODY_BYTES`. */
function variableOf(path: string): string {
  const words = path.replaceAll('.', '_').replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2');
  return `ATESTO_${words.toUpperCase()}`;
}
