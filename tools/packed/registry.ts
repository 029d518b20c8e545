/** A registry on loopback that serves the packed packages, as npm's would: what is fetched by name is tried before anything is published. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { publicPackages } from '../pack/packages.ts';
import { root } from '../pack/workspace.ts';

/** A running registry. */
export interface Registry {
  readonly url: string;
  close(): Promise<void>;
}

const packed = join(root, 'dist', 'packages');

/** The path of a packed package. */
export function tarballOf(folder: string): string {
  const { name, version } = manifestOf(folder);
  return join(packed, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
}

function manifestOf(folder: string): { readonly name: string; readonly version: string } {
  return JSON.parse(readFileSync(join(packed, folder, 'package.json'), 'utf8'));
}

/** Starts a registry on a free port. */
export async function startRegistry(): Promise<Registry> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer(({ url = '/' }, response) => {
    const path = decodeURIComponent(url);
    for (const { folder } of publicPackages) {
      const manifest = manifestOf(folder);
      const { name, version } = manifest;
      if (path === `/${name}/${version}.tgz`) return response.end(readFileSync(tarballOf(folder)));
      if (path === `/${name}`) {
        const integrity = `sha512-${createHash('sha512')
          .update(readFileSync(tarballOf(folder)))
          .digest('base64')}`;
        const dist = { tarball: `http://${response.req.headers.host}/${name}/${version}.tgz`, integrity };
        const versions = { [version]: { ...manifest, dist } };
        return response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions }));
      }
    }
    return response.writeHead(404).end('{}');
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    resolve(typeof address === 'object' && address !== null ? address.port : 0);
  });
  const url = `http://127.0.0.1:${await promise}/`;
  return {
    url,
    close: () => {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      return closed.promise;
    },
  };
}
