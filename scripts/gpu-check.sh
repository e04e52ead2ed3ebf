#!/usr/bin/env bash
# Builds and runs nonconvex_cuda_check on a machine with a GPU: operations and solvers against the CPU's, memory, errors,
# two solves at once, rates. Needs nvcc, a C++20 compiler, CMake and a static serial OpenBLAS (or -DNONCONVEX_BLAS=system),
# and cuBLAS and cuSOLVER in whatever place: no Node, no npm.
#   scripts/gpu-check.sh [BUILD_FOLDER] [CMAKE_OPTION...]
# Ends with 0: passed, 1: failed, 77: it cannot be run here, and says why.
set -uo pipefail
cd "$(dirname "$0")/.."
build=${1:-build-gpu}
shift $(($# > 0 ? 1 : 0))

skip() {
  echo "skipped: $1"
  exit 77
}
export PATH="$PATH:/usr/local/cuda/bin"
command -v cmake > /dev/null || skip "cmake is missing"
command -v nvcc > /dev/null || skip "nvcc is missing (it is looked for in PATH and /usr/local/cuda/bin)"
c++ -std=c++20 -x c++ -fsyntax-only - <<< '#include <concepts>' 2> /dev/null || skip "a C++20 compiler, c++, is missing"

echo "=== build"
generator=()
command -v ninja > /dev/null && generator=(-G Ninja)
cmake -S . -B "$build" "${generator[@]}" -DNONCONVEX_ADDON=OFF -DNONCONVEX_TESTS=OFF -DNONCONVEX_CUDA=ON "$@" > "$build.log" 2>&1 &&
  cmake --build "$build" --parallel --target nonconvex_cuda_check >> "$build.log" 2>&1 || {
  tail -n 30 "$build.log"
  echo "FAILED: the build; all of its output is in $build.log"
  exit 1
}
rm -f "$build.log"
check=$build/nonconvex_cuda_check

echo "=== machine code"
if command -v cuobjdump > /dev/null; then
  cuobjdump "$check" --list-elf --list-ptx | grep -oE 'sm_[0-9]+\.(cubin|ptx)' | sort | uniq -c
fi
! readelf -d "$check" | grep -E 'NEEDED.*(cuda|cublas|cusolver)' || {
  echo "FAILED: it is linked with a library that should be loaded at run time"
  exit 1
}

echo "=== check"
"$check"
status=$?
[ $status -eq 0 ] || exit $status

sanitizer=$(command -v compute-sanitizer || true)
if [ -n "$sanitizer" ]; then
  echo "=== compute-sanitizer"
  # Small problems; a read of what was never written, or out of bounds, is a failure.
  "$sanitizer" --error-exitcode 1 --leak-check full "$check" --small || exit 1
  "$sanitizer" --error-exitcode 1 --tool racecheck "$check" --small || exit 1
else
  echo "compute-sanitizer is not here: not run"
fi
echo "passed"
