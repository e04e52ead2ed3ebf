# Settings and functions of the stages in .ci/stages, each of which sources this file and runs in the repository's root.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export CI=${CI:-true} DEBIAN_FRONTEND=noninteractive
jobs=$(nproc)
nightly=${NIGHTLY:-no} # yes: stages that can do more by night do it

# Stages that compile the same files with the same flags (build, family, prebuild) do it once, where there is ccache. By what the
# compiler lists as read (CCACHE_DEPEND), without a run of the preprocessor, which takes a tenth of the time to compile.
generator=()
if command -v ninja > /dev/null; then generator=(-G Ninja); fi
if command -v ccache > /dev/null; then
  export CCACHE_DIR=${CCACHE_DIR:-$PWD/build-ccache} CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1
  export CCACHE_SLOPPINESS=pch_defines,time_macros # for precompiled headers
  export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache CMAKE_CUDA_COMPILER_LAUNCHER=ccache
fi

# Configures a build with the address and undefined behaviour sanitizers.
configureSanitize() {
  cmake -S . -B build-sanitize "${generator[@]}" -DNONCONVEX_SANITIZE=address,undefined -DNONCONVEX_BENCH=ON \
    -DNONCONVEX_TEST_OBJECTS="$PWD/build-cmake" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-Og "$@" > /dev/null
}

# Runs tests in a Node that has the library of a sanitizer (asan, tsan), on the addon of a build folder. Fails, and shows them, if there
# are reports.
inNodeWith() { # SANITIZER OPTIONS FOLDER TEST ...
  local reports=$PWD/build-ci/$1 status=0
  rm -f "$reports".*
  env "LD_PRELOAD=$("${CXX:-c++}" -print-file-name="lib$1.so")" "${1^^}_OPTIONS=$2:log_path=$reports" \
    "NONCONVEX_BINARY=$PWD/$3/Release/nonconvex.node" node node_modules/vitest/vitest.mjs run --testTimeout=180000 \
    "${@:4}" || status=1
  if compgen -G "$reports.*" > /dev/null; then
    head -n 60 "$reports".*
    status=1
  fi
  return $status
}

# The newest Clang that is installed, and nothing if that is older than Clang 17, which these programs need.
clangForFuzzing() {
  local clang
  clang=$(compgen -c clang++ | grep -E '^clang\+\+(-[0-9]+)?$' | sort -V | tail -n 1)
  [ -n "$clang" ] && [ "$("$clang" -dumpversion | cut -d . -f 1)" -ge 17 ] &&
    echo 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }' |
    "$clang" -x c++ -fsanitize=fuzzer,address,undefined - -o /dev/null 2> /dev/null && echo "$clang"
}
