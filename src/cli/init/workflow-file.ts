import type { Seen } from './seen.ts'

export const WORKFLOW_FILE = '.github/workflows/petrel.yml'

/** A workflow that starts the server and gates each pull request on it. */
export function workflowFile({ target }: Seen, start: string): string {
  return `# Gates every pull request on the server's streams. What is played stands in petrel.yaml.
name: petrel
on: pull_request

permissions:
  contents: read
  # For the one comment that is updated in place.
  pull-requests: write

jobs:
  gate:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    env:
      START: ${JSON.stringify(start)}
      TARGET: ${JSON.stringify(target)}
    steps:
      - uses: actions/checkout@v4
      # What the server needs goes before this: its toolchain, its build, its database.
      - name: Start the server
        run: |
          bash -c "$START" > server.log 2>&1 &
          for _ in $(seq 60); do curl -s -o /dev/null "$TARGET" && exit 0; sleep 1; done
          cat server.log
          exit 1
      - name: Gate
        uses: petrel-dev/petrel@main
        with:
          out: petrel-gate
      - name: Keep the reports
        if: always()
        uses: actions/upload-artifact@v4
        with:
          name: petrel-gate
          path: |
            petrel-gate
            server.log
`
}
