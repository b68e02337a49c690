#!/usr/bin/env bash
# The check of the GitHub Action: text in the log, Markdown in the summary of the
# job, SARIF where a file is named. Its exit status is that of the check.
#
# Inputs come through the environment, one argument a line, and are never
# evaluated: WAYLEAVE (the program), WAYLEAVE_PATHS, WAYLEAVE_ARGUMENTS,
# WAYLEAVE_SARIF; GITHUB_STEP_SUMMARY is the file of the summary.
set -euo pipefail
call=(check)
while IFS= read -r line; do
  [ -z "$line" ] || call+=("$line")
done <<< "$WAYLEAVE_ARGUMENTS
$WAYLEAVE_PATHS"
[ -z "$WAYLEAVE_SARIF" ] || call+=(--report "sarif=$WAYLEAVE_SARIF")

markdown="$(mktemp)"
trap 'rm -f "$markdown"' EXIT
call+=(--report "markdown=$markdown")
status=0
"$WAYLEAVE" "${call[@]}" || status=$?
cat "$markdown" >> "$GITHUB_STEP_SUMMARY"
exit "$status"
