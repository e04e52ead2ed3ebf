// Names that both sides of a queue use in the server.
import { typeError } from '../core/argumentError.js';
import { show } from '../core/check.js';
import type { Json } from './values.js';

/** The job's value that a worker gives BullMQ: the answer, the place of its file, or the length of its JSON in {@link answerField}. */
export type StoredAnswer = { result: Json } | { href: string } | { characters: number };

/**
 * The field of a job in the server that has an answer of more than {@link mostInline} characters. BullMQ keeps a job's value twice, in the job
 * and in one of 10,000 events, which each of those who ask reads: only what is small goes there.
 */
export const answerField = 'nonconvex:answer';
export const mostInline = 1024;

export function checkName(queue: unknown): void {
  if (typeof queue === 'string' && /^[^:\s]+$/.test(queue)) return;
  throw typeError(`queue = ${show(queue)}: expected a name without colons and blanks`);
}

/** The channel that ids of jobs to be ended are said on. */
export function cancelChannel(queue: string): string {
  return `nonconvex:${queue}:cancel`;
}

/** There while a job that no worker has is to end as soon as one takes it. */
export function cancelledKey(queue: string, id: string): string {
  return `nonconvex:${queue}:cancelled:${id}`;
}
