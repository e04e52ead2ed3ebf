// Metrics for Prometheus: those of Node, the solves of the package by poolStats(), and how long they take by the package's channel.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { poolStats } from 'nonconvex';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** @param {import('./queue.js').Queue} queue */
export function makeMetrics(queue) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gauge = (name, help, value) =>
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(value());
      },
    });
  gauge('nonconvex_workers', 'Workers that solves share', () => poolStats().workers);
  gauge('nonconvex_solves_open', 'Solves that were begun and have not ended', () => poolStats().open);
  gauge('nonconvex_pool_waiting', 'Solves among them that wait for a worker', () => poolStats().waiting);
  gauge('nonconvex_queue_running', 'Requests whose solves run', () => queue.running);
  gauge('nonconvex_queue_waiting', 'Requests that wait in the queue', () => queue.waiting);
  gauge('nonconvex_solve_seconds_sum', 'Seconds that all solves have run', () => poolStats().seconds);
  new Gauge({
    name: 'nonconvex_solves_ended',
    help: 'Solves that have ended, by their status',
    ...{ labelNames: ['status'], registers },
    collect() {
      for (const [status, count] of Object.entries(poolStats().ended)) this.set({ status }, count);
    },
  });
  const refused = new Counter({
    name: 'nonconvex_requests_refused_total',
    help: 'Requests that met a full queue',
    registers,
  });
  const durations = new Histogram({
    name: 'nonconvex_solve_duration_seconds',
    help: 'Seconds that a solve has run',
    labelNames: ['solver', 'status'],
    buckets: [0.001, 0.01, 0.1, 1, 10, 100],
    registers,
  });
  const ended = ({ solver, status, seconds = 0 }) => durations.observe({ solver, status }, seconds);
  subscribe('nonconvex:solve:end', ended);
  return { registry, refused, close: () => unsubscribe('nonconvex:solve:end', ended) };
}
