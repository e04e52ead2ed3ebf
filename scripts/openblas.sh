#!/usr/bin/env bash
# Builds the OpenBLAS that the prebuilt binaries contain: the distribution's source package, trimmed to one thread,
# real numbers and a few processors (older ones fall back to PRESCOTT, newer ones to the nearest listed).
# Prints nothing but progress; the result is build-openblas/libopenblas.a. Needs apt, a C compiler and make; no root.
#   scripts/openblas.sh [jobs]
# OPENBLAS_CORES="HASWELL", say, has the kernels for those processors in place of these.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=${1:-$(nproc)}
out=$PWD/build-openblas
case $(uname -m) in
  x86_64) cores=${OPENBLAS_CORES:-SANDYBRIDGE HASWELL SKYLAKEX} ;;
  aarch64) cores=${OPENBLAS_CORES:-NEOVERSEN1 NEOVERSEV1} ;;
  *) echo "openblas.sh: no list of processors for $(uname -m)" >&2; exit 1 ;;
esac
stamp="$(sha256sum scripts/openblas.sh) $cores $(cc --version | head -n 1)"
if [ -e "$out/libopenblas.a" ] && [ "$(cat "$out/stamp" 2>/dev/null)" = "$stamp" ]; then
  echo "openblas.sh: $out/libopenblas.a is up to date"
  exit 0
fi
rm -rf "$out"
mkdir -p "$out/apt/lists/partial" "$out/apt/cache"

# The source package, from the mirrors that apt already uses, without touching apt's own settings.
apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT) $(SIGNED_BY)' 'Created-By: Packages' |
  grep -E '^https?:' | sort -u | while read -r site release component key; do
    printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: %s\n' "$site" "$release" "$component"
    if [ -n "$key" ]; then printf 'Signed-By: %s\n' "$key"; fi
    echo
  done > "$out/apt/sources.sources"
apt=(-q -o "Dir::Etc::sourcelist=$out/apt/sources.sources" -o Dir::Etc::sourceparts=/dev/null
  -o "Dir::State::lists=$out/apt/lists" -o "Dir::Cache=$out/apt/cache" -o APT::Sandbox::User=root)
apt-get "${apt[@]}" update
(cd "$out" && apt-get "${apt[@]}" source --download-only openblas)
dpkg-source --no-check -x "$out"/openblas_*.dsc "$out/source"

# NOFORTRAN: OpenBLAS's own C and assembly, which includes the Cholesky and triangular part of LAPACK.
make -C "$out/source" -j"$jobs" libs CC=cc > "$out/log" 2>&1 \
  MAKE_NB_JOBS="$jobs" NOFORTRAN=1 NO_CBLAS=1 NO_LAPACKE=1 BUILD_SINGLE=1 BUILD_DOUBLE=1 \
  DYNAMIC_ARCH=1 TARGET=GENERIC DYNAMIC_LIST="$cores" \
  USE_THREAD=0 USE_OPENMP=0 USE_LOCKING=1 NUM_THREADS=128 NO_AFFINITY=1 NO_WARMUP=1 || {
  tail -n 30 "$out/log" >&2
  exit 1
}
cp -L "$out/source/libopenblas.a" "$out/libopenblas.a"
rm -rf "$out/source" "$out/apt"
echo "$stamp" > "$out/stamp"
ls -l "$out/libopenblas.a"
