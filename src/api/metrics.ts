import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { StoreWatch } from './store.ts'

export interface Metrics {
  readonly watch: Pick<StoreWatch, 'committed' | 'added'>
  readonly contentType: string
  /** The metrics in Prometheus's text format. */
  text(): Promise<string>
}

/** Counts and times every answer of `app`; `waiting` gives the anomalies that wait for a commit. */
export function watchApi(app: FastifyInstance, waiting: () => number): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const answers = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Answers by method, route and status.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const anomalies = new Counter({
    name: 'anomalies_total',
    help: 'Anomalies by outcome: stored, known (sent again), conflict (the key of another), full or failed.',
    labelNames: ['outcome'] as const,
    registers,
  })
  const rows = new Histogram({
    name: 'anomaly_commit_rows',
    help: 'Anomalies per commit.',
    buckets: [1, 2, 5, 10, 25, 50, 100, 250],
    registers,
  })
  const seconds = new Histogram({
    name: 'anomaly_commit_duration_seconds',
    help: 'Time of a commit, the sync of the disk included.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  })
  new Gauge({
    name: 'anomalies_waiting',
    help: 'Anomalies that wait for a commit.',
    registers,
    collect() {
      this.set(waiting())
    },
  })

  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    answers.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
  })
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    watch: {
      committed: (count, tookMs) => {
        rows.observe(count)
        seconds.observe(tookMs / 1000)
      },
      added: (outcome) => anomalies.inc({ outcome }),
    },
  }
}
