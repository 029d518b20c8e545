/** One instance of a cluster, as a process of its own: tells `{port, caFile}` when it serves; ends when its parent lets go. */
import { development } from '@atesto/development';
import type { ServiceSettings } from '../config/schema.ts';
import { startService } from '../service.ts';

const settings: ServiceSettings = JSON.parse(process.argv[2] ?? '');
const service = await startService(settings, { development });
process.on('disconnect', () => void service.close());
process.send?.({ port: service.port, caFile: service.caFile });
