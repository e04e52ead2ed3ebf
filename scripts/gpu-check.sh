#!/usr/bin/env bash
# Builds and runs nonconvex_cuda_check on a machine with a GPU: operations and solvers against the CPU's, memory, errors,
# two solves at once, rates. Needs nvcc, a C++20 compiler, CMake 3.25 and a BLAS for the CPU; cuBLAS and cuSOLVER are found
# wherever they are, in Python's wheels, too. No Node, no network.
#   scripts/gpu-check.sh [BUILD_FOLDER [CMAKE_OPTION...]]     such as build-gpu -DNONCONVEX_OPENBLAS=/path/to/libopenblas.a
# Ends with 0: passed, 1: failed, 77: it cannot be run here, and says why.
set -uo pipefail
cd "$(dirname "$0")/.."
build=${1:-build-gpu}
options=("${@:2}")
log=$build/gpu-check.log

skip() {
  echo "skipped: $1"
  exit 77
}
fail() {
  echo "FAILED: $1"
  exit 1
}

export PATH="$PATH:/usr/local/cuda/bin"
for program in cmake nvcc c++; do
  command -v $program > /dev/null || skip "$program is missing"
done
c++ -std=c++20 -x c++ -fsyntax-only - <<< '#include <concepts>' 2> /dev/null || skip "c++ does not know C++20"
if [[ "${options[*]-}" != *BLAS=* ]] && ! compgen -G '/usr/lib/*/openblas-serial/libopenblas.a' > /dev/null; then
  echo "no static serial OpenBLAS: trying -DNONCONVEX_BLAS=system; -DNONCONVEX_OPENBLAS=FILE brings one along"
  options+=(-DNONCONVEX_BLAS=system)
fi
command -v ninja > /dev/null && [ ! -e "$build/CMakeCache.txt" ] && options+=(-G Ninja)

echo "=== build"
mkdir -p "$build"
# An unknown compiler may warn of more.
cmake -S . -B "$build" -DNONCONVEX_ADDON=OFF -DNONCONVEX_TESTS=OFF -DNONCONVEX_CUDA=ON -DNONCONVEX_WERROR=OFF \
  ${options[@]+"${options[@]}"} > "$log" 2>&1 &&
  cmake --build "$build" --parallel "$(nproc)" --target nonconvex_cuda_check >> "$log" 2>&1 ||
  { tail -n 30 "$log" && fail "the build; all of its output is in $log"; }
check=$build/nonconvex_cuda_check
nvcc --version | grep release
if command -v cuobjdump > /dev/null; then
  cuobjdump --list-elf --list-ptx "$check" | grep -oE 'sm_[0-9]+\.(cubin|ptx)' | sort | uniq -c
fi
if readelf -d "$check" 2> /dev/null | grep -E 'NEEDED.*lib(cuda|cublas|cusolver)'; then
  fail "it is linked with a library that it should load when it runs"
fi

echo "=== check"
"$check"
status=$?
[ $status -eq 0 ] || exit $status

echo "=== compute-sanitizer"
if command -v compute-sanitizer > /dev/null; then
  for tool in memcheck racecheck synccheck; do
    compute-sanitizer --tool $tool --error-exitcode 1 "$check" --small > "$log" 2>&1 || { tail -n 40 "$log" && fail "$tool"; }
    echo "$tool: $(tail -n 1 "$log")"
  done
else
  echo "not here: not run"
fi
echo "passed"
