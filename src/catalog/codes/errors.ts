import type { ExitCode } from '../../core/exit.ts'

/** What an error code of `PetrelError` means, and the exit code that a command leaves with. */
export interface ErrorCodeEntry {
  exit: ExitCode
  /** One sentence for the reference page. */
  meaning: string
}

/** Every error code. A test finds each `new PetrelError('…')` of the sources here, and each entry in the sources. */
export const ERROR_CODES: Readonly<Record<string, ErrorCodeEntry>> = {
  apt_failed: { exit: 3, meaning: 'A Debian package could not be installed.' },
  bad_config: { exit: 2, meaning: 'petrel.yaml has something that does not belong there.' },
  bad_cursor: {
    exit: 2,
    meaning: 'A list of tasks is asked for from a place that no page before has named.',
  },
  bad_duration: { exit: 2, meaning: 'A duration is not written as 500ms, 10s, 1m30s or 3d.' },
  bad_expression: {
    exit: 2,
    meaning: 'A measure is no arithmetic over figures, or names one that does not exist.',
  },
  bad_limit: { exit: 2, meaning: 'A limit is not a comparison with a number.' },
  bad_option: { exit: 2, meaning: 'An option has a value that it does not take.' },
  bad_settings: { exit: 2, meaning: 'Settings of the server have values that they do not take.' },
  bad_target: { exit: 2, meaning: 'The target is not written as http://host:port.' },
  baseline_empty: { exit: 4, meaning: 'No run of a scenario held, so there is nothing to keep.' },
  baseline_unfit: { exit: 2, meaning: 'A baseline is none, or is of another schema, machine or scenario.' },
  broker_down: { exit: 3, meaning: 'The store of the tasks does not answer.' },
  build_failed: { exit: 3, meaning: 'A tool could not be built from its pinned module.' },
  checksum_mismatch: { exit: 3, meaning: 'A downloaded file is not what its release says.' },
  config_unreadable: { exit: 2, meaning: 'A configuration file is missing or not what it should be.' },
  download_failed: { exit: 3, meaning: 'A release could not be fetched or unpacked.' },
  fault_unknown: { exit: 2, meaning: 'There is no such fault switch, or it has no such variant.' },
  file_exists: { exit: 2, meaning: 'A file that would be written is there already.' },
  idempotency_conflict: { exit: 2, meaning: 'The idempotency key was used for another request before.' },
  listen_failed: { exit: 3, meaning: 'The server cannot listen on its address.' },
  machine_too_small: { exit: 3, meaning: 'This machine cannot make the load that was asked for.' },
  metrics_unreachable: { exit: 3, meaning: 'Nothing answers with metrics at the address that was given.' },
  network_unreachable: { exit: 3, meaning: 'A server that releases are fetched from does not answer.' },
  out_unwritable: { exit: 2, meaning: 'The folder that results go to cannot be written.' },
  part_died: { exit: 4, meaning: 'A program that `petrel up` keeps running ended by itself.' },
  port_busy: { exit: 3, meaning: 'The port is taken by another program.' },
  process_start_failed: { exit: 3, meaning: 'A program could not be started.' },
  prometheus_failed: { exit: 4, meaning: 'Prometheus did not answer, or refused a query.' },
  recording_unreadable: { exit: 2, meaning: 'A recording of a run is missing, none, or of another version.' },
  report_failed: {
    exit: 3,
    meaning: 'A report could not be written: the disk is full, or the folder may not be written to.',
  },
  rules_refused: {
    exit: 2,
    meaning: 'promtool refused the rules, or could not evaluate a recording with them.',
  },
  server_start_failed: { exit: 3, meaning: 'The reference server did not come up.' },
  service_start_failed: { exit: 3, meaning: 'Prometheus, Alertmanager or Redis ended while it started.' },
  slo_impossible: { exit: 2, meaning: 'An objective is no share, or an alert on it could never fire.' },
  storm_blowing: { exit: 2, meaning: 'A storm was to start while another one still blew.' },
  target_unreachable: { exit: 3, meaning: 'No progress server answers at the target.' },
  task_ended: { exit: 2, meaning: 'The task has ended: nothing follows a terminal event.' },
  task_not_waiting: { exit: 2, meaning: 'The task does not wait for a review.' },
  task_unknown: { exit: 2, meaning: 'There is no such task.' },
  tool_missing: { exit: 3, meaning: 'A program that is needed is not here and cannot be had.' },
  tool_wrong: { exit: 2, meaning: "A tool's variable names a file that is not that tool, or too old." },
  watch_died: { exit: 4, meaning: 'Prometheus or Alertmanager ended during the run.' },
  wait_timeout: { exit: 3, meaning: 'Something that was waited for did not happen in time.' },
}
