// The libraries that a queue stands on, loaded when one is used: a program without queues needs neither.
import { typeError } from '../core/argumentError.js';
import { checkObject, isUrl, show } from '../core/check.js';
import { SolverError } from '../core/error.js';

type Libraries = typeof import('bullmq') & { Redis: typeof import('ioredis').Redis };
export type Redis = InstanceType<Libraries['Redis']>;

let loaded: Promise<Libraries> | undefined;

/** @throws SolverError `LIBRARY_NOT_FOUND` that says what to install. */
export function libraries(): Promise<Libraries> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Libraries> {
  try {
    const [bullmq, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]);
    return { ...bullmq, Redis };
  } catch (cause) {
    loaded = undefined;
    throw new SolverError(
      'LIBRARY_NOT_FOUND',
      'nonconvex/queue needs BullMQ and a client of Redis beside this package: npm install bullmq ioredis',
      { cause },
    );
  }
}

/** The address of a server: a URL, `redis://user:password@host:port/database` or `rediss://` for TLS, or options of ioredis. */
export type Connection = string | URL | Readonly<Record<string, unknown>>;

/** A connection that waits for a server that is away, as both sides of a queue do. */
export async function connect(connection: Connection): Promise<Redis> {
  const { Redis } = await libraries();
  const always = { maxRetriesPerRequest: null, retryStrategy: (tries: number) => Math.min(50 * 2 ** tries, 2000) };
  const client =
    typeof connection === 'string' || isUrl(connection)
      ? new Redis(checkedAddress(connection), always)
      : new Redis({ ...always, ...checkObject('connection', connection) });
  // Without a listener ioredis prints each failed attempt; those who wait for an answer wait for the next attempt.
  client.on('error', () => undefined);
  return client;
}

/** A list that gets the connections that are made of this one, as BullMQ makes one for each of its uses. */
export function copiesOf(client: Redis): readonly Redis[] {
  const copies: Redis[] = [];
  const duplicate = client.duplicate.bind(client);
  client.duplicate = (...options) => {
    const copy = duplicate(...options);
    copies.push(copy);
    return copy;
  };
  return copies;
}

/** Milliseconds between looks whether the server is there, of what is being closed. */
const lookInterval = 1000;

/** Waits until all is closed that uses these connections. A server that is away is not waited for, as soon as `mayGiveUp`. */
export async function closed(
  closing: Promise<unknown>,
  connections: readonly [Redis, ...Redis[]],
  mayGiveUp = () => true,
): Promise<void> {
  const look = setInterval(() => {
    if (connections[0].status !== 'ready' && mayGiveUp()) connections.forEach(giveUp);
  }, lookInterval);
  await closing.finally(() => clearInterval(look));
}

/** Ends a connection whose server is away: those who wait for its end get it at the next try, which this makes the last one. */
function giveUp(client: Redis): void {
  const waits = client.status === 'reconnecting';
  client.disconnect();
  if (waits) client.connect().catch(() => undefined);
}

function checkedAddress(address: string | URL): string {
  const text = String(address);
  if (/^rediss?:\/\/./.test(text)) return text;
  throw typeError(`connection = ${show(text)}: expected an address such as redis://127.0.0.1:6379`);
}
