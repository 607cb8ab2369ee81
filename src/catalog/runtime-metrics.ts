import { PROCESS_METRICS } from './process-metrics.ts'

/** A metric of the process, which prom-client's default collectors fill. */
export interface RuntimeMetric {
  name: string
  type: 'counter' | 'gauge' | 'histogram'
  help: string
}

const gauge = (name: string, help: string): RuntimeMetric => ({ name, type: 'gauge', help })
const counter = (name: string, help: string): RuntimeMetric => ({ name, type: 'counter', help })

/**
 * What a server has beside the catalogue's own metrics, on Linux: descriptors, memory, the event loop's delay. A
 * test holds this list against a running server.
 */
export const RUNTIME_METRICS: readonly RuntimeMetric[] = [
  counter(PROCESS_METRICS.cpuSeconds, 'CPU seconds of the process, user and system.'),
  counter('process_cpu_user_seconds_total', 'CPU seconds in user mode.'),
  counter('process_cpu_system_seconds_total', 'CPU seconds in system mode.'),
  gauge(PROCESS_METRICS.startTime, 'When the process started, in seconds since the Unix epoch.'),
  gauge(PROCESS_METRICS.residentBytes, 'Resident memory.'),
  gauge('process_virtual_memory_bytes', 'Virtual memory.'),
  gauge('process_heap_bytes', 'Data segment of the process.'),
  gauge(PROCESS_METRICS.openDescriptors, 'Descriptors in use; each socket is one.'),
  gauge(PROCESS_METRICS.maxDescriptors, 'Descriptors that the process may have (`ulimit -n`).'),
  gauge('nodejs_eventloop_lag_seconds', 'Delay of the event loop at the scrape.'),
  gauge('nodejs_eventloop_lag_min_seconds', 'Smallest delay since the last scrape.'),
  gauge('nodejs_eventloop_lag_max_seconds', 'Largest delay since the last scrape.'),
  gauge('nodejs_eventloop_lag_mean_seconds', 'Mean delay since the last scrape.'),
  gauge('nodejs_eventloop_lag_stddev_seconds', 'Standard deviation of the delay since the last scrape.'),
  gauge('nodejs_eventloop_lag_p50_seconds', 'Median delay since the last scrape.'),
  gauge('nodejs_eventloop_lag_p90_seconds', '90th percentile of the delay since the last scrape.'),
  gauge(PROCESS_METRICS.loopLagP99Seconds, '99th percentile of the delay since the last scrape.'),
  gauge('nodejs_active_resources', 'What keeps the event loop alive, by type.'),
  gauge('nodejs_active_handles', 'Handles of libuv, by class.'),
  gauge('nodejs_active_requests', 'Requests of libuv, by type.'),
  gauge('nodejs_heap_size_total_bytes', 'Heap of V8.'),
  gauge(PROCESS_METRICS.heapBytes, 'Heap of V8 in use.'),
  gauge('nodejs_external_memory_bytes', 'Memory outside of the heap, as buffers.'),
  gauge('nodejs_heap_space_size_total_bytes', 'Heap of V8, by space.'),
  gauge('nodejs_heap_space_size_used_bytes', 'Heap of V8 in use, by space.'),
  gauge('nodejs_heap_space_size_available_bytes', 'Heap of V8 that is free, by space.'),
  gauge('nodejs_version_info', 'Always 1; its labels are the version of Node.'),
  { name: PROCESS_METRICS.gcSeconds, type: 'histogram', help: 'Garbage collections, by kind.' },
]
