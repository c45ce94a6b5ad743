#!/usr/bin/env bash
# Puts the tools of the contract tests, which are not ours, into .cache/contract-tools: Prism, a mock server (npm), and
# schemathesis, a fuzzer (PyPI; wants Debian's python3-venv). Without them those tests are skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

PRISM=5.16.0
SCHEMATHESIS=4.32.5
TOOLS=$PWD/.cache/contract-tools

if [ "$("$TOOLS/prism/node_modules/.bin/prism" --version 2>/dev/null)" != "$PRISM" ]; then
  mkdir -p "$TOOLS/prism"
  npm install --prefix "$TOOLS/prism" --ignore-scripts --no-audit --no-fund --loglevel error "@stoplight/prism-cli@$PRISM"
fi
if [ "$("$TOOLS/schemathesis/bin/schemathesis" --version 2>/dev/null)" != "schemathesis, version $SCHEMATHESIS" ]; then
  python3 -m venv "$TOOLS/schemathesis"
  "$TOOLS/schemathesis/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$SCHEMATHESIS"
fi
echo "the contract tests have their tools: Prism $PRISM, schemathesis $SCHEMATHESIS"
