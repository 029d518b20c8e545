/** A process that opens the store of the options in its argument, which brings the schema up to date, and ends. */
import { openStore } from '../store.ts';

const options = JSON.parse(process.argv[2] ?? '');
const store = await openStore({ ...options, integrityKey: new Uint8Array(32).fill(7) });
await store.close();
