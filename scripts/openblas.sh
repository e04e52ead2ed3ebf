#!/usr/bin/env bash
# Builds the OpenBLAS that the prebuilt binaries contain: the distribution's source package, trimmed to one thread,
# real numbers, a few processors (older ones fall back to PRESCOTT, newer ones to the nearest listed) and what the routines of
# native/linalg/blas.hpp call (scripts/openblas-routines.mjs).
# Prints nothing but progress; the result is build-openblas/PLATFORM/libopenblas.a. Needs apt, a C compiler, make and Node; no root.
#   scripts/openblas.sh [jobs [platform]]
# The platform is this machine's, or linux-x64, linux-arm64 or win32-x64, for which Debian's cross compilers do (gcc-aarch64-linux-gnu,
# gcc-mingw-w64-x86-64-posix). What is made for glibc serves with musl, too: it asks for functions of plain C alone.
# OPENBLAS_CORES="HASWELL", say, has the kernels for those processors in place of these.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=${1:-$(nproc)}
case $(uname -m) in
  x86_64) here=linux-x64 ;;
  aarch64) here=linux-arm64 ;;
  *) here=unknown ;;
esac
platform=${2:-$here}
out=$PWD/build-openblas/$platform
compiler=cc
cross=()
tools=
case $platform in
  linux-x64) prefix=x86_64-linux-gnu- ;;
  linux-arm64) prefix=aarch64-linux-gnu- ;;
  win32-x64) prefix=x86_64-w64-mingw32- ;;
  *) echo "openblas.sh: no list of processors for $platform" >&2; exit 1 ;;
esac
case $platform in
  *-arm64) cores=${OPENBLAS_CORES:-NEOVERSEN1 NEOVERSEV1} target=ARMV8 ;;
  *) cores=${OPENBLAS_CORES:-SANDYBRIDGE HASWELL SKYLAKEX} target=GENERIC ;;
esac
if [ "$platform" != "$here" ]; then
  compiler=$(compgen -c "${prefix}gcc" | grep -E -- '-gcc(-posix|-[0-9]+)?$' | sort -V | head -n 1) || true
  [ -n "$compiler" ] || { echo "openblas.sh: no compiler ${prefix}gcc for $platform" >&2; exit 1; }
  tools=$prefix
  cross=(CROSS=1 HOSTCC=cc "AR=${prefix}ar" "RANLIB=${prefix}ranlib")
fi
stamp="$(cat scripts/openblas.sh scripts/openblas-routines.mjs native/linalg/blas.hpp | sha256sum) $cores $("$compiler" --version | head -n 1)"
if [ -e "$out/libopenblas.a" ] && [ "$(cat "$out/stamp" 2>/dev/null)" = "$stamp" ]; then
  echo "openblas.sh: $out/libopenblas.a is up to date"
  exit 0
fi
# The source package, from the mirrors that apt already uses, without touching apt's own settings.
fetch() {
  mkdir -p "$out/apt/lists/partial" "$out/apt/cache"
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
}

# Lets each object say which kernels it takes from the table of those for the processor: a symbol of its own for each place there, taken_PLACE.
note_kernels() {
  local others
  sed -i -E 's/\bgotoblas *-> *(\w+)/TAKEN(\1)/g' common_?.h common_sb.h common_param.h interface/*.c driver/*/*.c
  sed -i -E 's/\(char \*\)gotoblas\b/({ NOTE_SMALL; (char *)(gotoblas); })/' interface/gemm.c
  sed -i '/^extern gotoblas_t \*gotoblas;/r /dev/stdin' common_param.h << 'END'
#define NOTE(place) __asm__(".set taken_%c0, 0" : : "i"(place))
#define TAKEN(member) (*({ NOTE(__builtin_offsetof(gotoblas_t, member)); &gotoblas->member; }))
#define NOTE_SMALL \
  NOTE(GEMM_SMALL_KERNEL_NN); NOTE(GEMM_SMALL_KERNEL_TN); NOTE(GEMM_SMALL_KERNEL_NT); NOTE(GEMM_SMALL_KERNEL_TT); \
  NOTE(GEMM_SMALL_KERNEL_B0_NN); NOTE(GEMM_SMALL_KERNEL_B0_TN); NOTE(GEMM_SMALL_KERNEL_B0_NT); NOTE(GEMM_SMALL_KERNEL_B0_TT)
END
  # Nothing else reads the tables, but for products in batches, which blas.hpp has not.
  others=$(grep -rlE '\bgotoblas *(->|\+)|\*\) *gotoblas\b|FUNC_OFFSET' interface driver lapack kernel/*.[ch] kernel/{generic,x86_64,arm64}) || true
  [ "$others" = interface/gemm_batch.c ] || { echo "openblas.sh: the tables of kernels are read otherwise in $others" >&2; exit 1; }
}

# A build that was stopped goes on with the objects that it had made.
if [ "$(cat "$out/begun" 2>/dev/null)" != "$stamp" ]; then
  rm -rf "$out"
  fetch
  (cd "$out/source" && note_kernels)
  echo "$stamp" > "$out/begun"
fi

# NOFORTRAN: OpenBLAS's own C and assembly, which includes the Cholesky and triangular part of LAPACK.
node scripts/openblas-routines.mjs "$out/source" "$out/libopenblas.a" "$tools" "$compiler" \
  -j"$jobs" CC="$compiler" ${cross[@]+"${cross[@]}"} \
  MAKE_NB_JOBS="$jobs" NOFORTRAN=1 NO_CBLAS=1 NO_LAPACKE=1 BUILD_SINGLE=1 BUILD_DOUBLE=1 \
  DYNAMIC_ARCH=1 TARGET=$target DYNAMIC_LIST="$cores" \
  USE_THREAD=0 USE_OPENMP=0 USE_LOCKING=1 NUM_THREADS=128 NO_AFFINITY=1 NO_WARMUP=1 > "$out/log" 2>&1 || {
  tail -n 30 "$out/log" >&2
  exit 1
}
tail -n 1 "$out/log"
rm -rf "$out/source" "$out/apt" "$out/begun"
echo "$stamp" > "$out/stamp"
ls -l "$out/libopenblas.a"
