# What runs on several threads, and little else, with the sanitizer for data races; skipped on kernels whose memory layout
# it does not support.
source "$(dirname "$0")/../common.sh"

tests=(core/threads core/run linalg/linalg linalg/ldl_sparse=threads linalg/ldl_sparse=abort
  methods/polyhedral_cone=Threads methods/polyhedral_cone=rowsOverRanks solvers/relu/solver=theSameBits
  problems/glm problems/glm_ranks core/communicator problems/joint_sum
  solvers/fractional/ranks solvers/nlp/ranks solvers/relu/ranks solvers/smooth/ranks)
cmake -S . -B build-races "${generator[@]}" -DNONCONVEX_SANITIZE=thread -DCMAKE_BUILD_TYPE=Debug \
  -DCMAKE_CXX_FLAGS_DEBUG=-Og "-DNONCONVEX_TESTS_ONLY=$(IFS=';' && echo "${tests[*]}")" > /dev/null &&
  cmake --build build-races --parallel "$jobs" || exit 1
if build-races/test_core --file threads 2>&1 | grep "unexpected memory mapping"; then
  echo "skipped: the thread sanitizer does not run on this kernel"
  exit 0
fi
# As many as are named: a test that was renamed is missed.
[ "$(ctest --test-dir build-races -N -LE '^long$' | sed -n 's/^Total Tests: //p')" -eq ${#tests[@]} ] &&
  ctest --test-dir build-races --output-on-failure --parallel "$jobs" -LE '^long$'
