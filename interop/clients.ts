/** Every client that the interoperability tests run, in the order in which they do, and those that cannot be had where they run. */
import type { Client, UnavailableClient } from './client.ts';
import { goClients } from './go/clients.ts';
import { javaClients } from './java/clients.ts';
import { javascriptClients } from './javascript/clients.ts';
import { pythonClients } from './python/clients.ts';

export const clients: readonly Client[] = [...javascriptClients, ...pythonClients, ...goClients, ...javaClients];

export const unavailableClients: readonly UnavailableClient[] = [];
