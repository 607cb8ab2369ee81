/** The metrics of a process that alerts and boards read, by what they are read for. All stand in `RUNTIME_METRICS`. */
export const PROCESS_METRICS = {
  cpuSeconds: 'process_cpu_seconds_total',
  startTime: 'process_start_time_seconds',
  residentBytes: 'process_resident_memory_bytes',
  openDescriptors: 'process_open_fds',
  maxDescriptors: 'process_max_fds',
  heapBytes: 'nodejs_heap_size_used_bytes',
  loopLagP99Seconds: 'nodejs_eventloop_lag_p99_seconds',
  gcSeconds: 'nodejs_gc_duration_seconds',
} as const
