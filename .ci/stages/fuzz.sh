# What reads bytes and integers of others, each given mutations of real inputs for a minute (FUZZ_SECONDS) with the sanitizers for
# addresses and undefined behaviour. What ends one of them is left in build-ci.
source "$(dirname "$0")/../common.sh"

if ! clang=$(clangForFuzzing); then
  apt-get install -y -q --no-install-recommends clang-19 libclang-rt-19-dev > /dev/null
  if ! clang=$(clangForFuzzing); then
    echo "skipped: there is no Clang 17 or later with its runtime"
    exit 0
  fi
fi
cmake -S . -B build-fuzz "${generator[@]}" -DNONCONVEX_FUZZ=ON -DNONCONVEX_TESTS=OFF -DNONCONVEX_WERROR=OFF \
  "-DCMAKE_C_COMPILER=${clang/++/}" "-DCMAKE_CXX_COMPILER=$clang" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O1 \
  '-DNONCONVEX_LEAVE_OUT=solvers/|methods/|sketching/|problems/[^n]' > /dev/null &&
  cmake --build build-fuzz --parallel "$jobs" || exit 1
for program in build-fuzz/fuzz_*; do
  corpus=build-fuzz/corpus/${program##*/fuzz_}
  mkdir -p "$corpus"
  cp -n test/fuzz/corpus/"${program##*/fuzz_}"/* "$corpus" 2> /dev/null # what it begins with, where there is something
  "$program" "$corpus" -max_total_time="${FUZZ_SECONDS:-60}" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix=build-ci/ -print_final_stats=1 2>&1 | tail -n 30
  [ "${PIPESTATUS[0]}" -eq 0 ] || exit 1
done
