#!/usr/bin/env bash
# Builds the release: one static binary for each platform, and their checksums.
#
#   tools/release.sh [FOLDER]      into FOLDER, dist without one
#
# The same commit and compiler give the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
out="${1:-dist}"
mkdir -p "$out"
for platform in ${PLATFORMS:-linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64}; do
  os="${platform%/*}" arch="${platform#*/}"
  name="wayleave-$os-$arch"
  [ "$os" = windows ] && name="$name.exe"
  echo "building $name"
  CGO_ENABLED=0 GOOS="$os" GOARCH="$arch" go build -trimpath -ldflags '-s -w' -o "$out/$name" ./cmd/wayleave
done
cd "$out"
sha256sum wayleave-* > SHA256SUMS
sha256sum --check --quiet SHA256SUMS
