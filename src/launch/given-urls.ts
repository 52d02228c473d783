import { LaunchRefused } from './launch.errors.js';

/** Addresses that a person gives us in the environment. */
export interface GivenUrls {
  DATABASE_URL: string;
  DATABASE_OWNER_URL: string;
  LOTUS_API_URL: string;
}

const LOTUS_TIMEOUT_MS = 5_000;

/** Before anything is made: what is no address at all can never work. @throws LaunchRefused in one sentence */
export function refuseBadUrls(given: GivenUrls): void {
  for (const name of ['DATABASE_URL', 'DATABASE_OWNER_URL'] as const)
    // Without a host it may be a socket (`?host=/run/postgresql`).
    if (given[name] !== '' && !/^postgres(ql)?:\/\//.test(URL.canParse(given[name]) ? given[name] : ''))
      throw new LaunchRefused(`${name} is no address of a PostgreSQL: postgresql://user:password@host:5432/name`);
  if (given.LOTUS_API_URL !== '' && !isUrl(given.LOTUS_API_URL, /^(https?|wss?):$/))
    throw new LaunchRefused('LOTUS_API_URL is no address of a Lotus node: http://127.0.0.1:1234/rpc/v1');
}

/** Asks the node for its version. Null: it answers as a Lotus node does; else why not, in words. */
export async function whyLotusIsSilent(url: string, token: string): Promise<string | null> {
  try {
    const answer = await fetch(url.replace(/^ws/, 'http'), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      },
      body: '{"jsonrpc":"2.0","id":1,"method":"Filecoin.Version","params":[]}',
      signal: AbortSignal.timeout(LOTUS_TIMEOUT_MS),
    });
    const text = await answer.text();
    if (/^\s*\{.*"(result|error)"/s.test(text)) return null;
    return `somebody answers there, and not as a Lotus node (HTTP ${answer.status})`;
  } catch (error) {
    const { cause, message } = error as Error;
    const why = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : message;
    return `nobody answers there (${why})`;
  }
}

function isUrl(text: string, protocol: RegExp): boolean {
  return URL.canParse(text) && protocol.test(new URL(text).protocol) && new URL(text).hostname !== '';
}
