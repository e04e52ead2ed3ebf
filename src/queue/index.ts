// The subpath nonconvex/queue: solves as jobs of a queue on Redis or Valkey, by BullMQ.
export { type AddOptions, type FailedJob, type QueueCounts, SolveQueue, type SolveQueueOptions } from './client.js';
export type { FetchData } from './data.js';
export { type CallSettings, type Kind, packageKinds } from './kinds.js';
export type { Connection } from './libraries.js';
export type { DataFormat, DataReference, MadeProgram, SolveBatch, SolveJob } from './messages.js';
export type { AnyKinds, BatchOf, JobId, JobOf, KindTypes, PackageKinds, Referable } from './types.js';
export { type SolveWorker, startWorker, type WorkerOptions } from './worker.js';
