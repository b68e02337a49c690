#!/usr/bin/env bash
# Builds the release: one static binary for each platform, the manual pages, and
# their checksums.
#
#   tools/release.sh [FOLDER]      into FOLDER, dist without one
#
# VERSION is the version to stamp, by default the tag of the commit. The same
# commit, version and compiler give the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
out="${1:-dist}"
mkdir -p "$out"
commit="$(git rev-parse HEAD)"
version="${VERSION:-$(git describe --tags --always --dirty)}"
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git show -s --format=%ct HEAD)}"
cli=github.com/wayleave/wayleave/internal/cli
for platform in ${PLATFORMS:-linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64}; do
  os="${platform%/*}" arch="${platform#*/}"
  name="wayleave-$os-$arch"
  [ "$os" = windows ] && name="$name.exe"
  echo "building $name $version"
  CGO_ENABLED=0 GOOS="$os" GOARCH="$arch" go build -trimpath -buildvcs=false \
    -ldflags "-s -w -X $cli.release=$version -X $cli.commit=$commit" -o "$out/$name" ./cmd/wayleave
done
pages="$(mktemp -d)"
trap 'rm -rf "$pages"' EXIT
go run ./internal/cli/manpages "$pages/man1"
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=a+rX,u+w,go-w -C "$pages" -cf - man1 | gzip -n > "$out/wayleave-man.tar.gz"
cd "$out"
sha256sum wayleave-* > SHA256SUMS
sha256sum --check --quiet SHA256SUMS
