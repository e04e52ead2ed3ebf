// Concurrent calls of the linked BLAS must not disturb one another, and running out of memory must be an exception.
#include <sys/resource.h>

#include <atomic>
#include <cmath>
#include <cstdio>
#include <new>
#include <thread>
#include <vector>

#include "check.hpp"
#include "linalg/blas.hpp"

namespace {

using nonconvex::blas::gemm;
using nonconvex::blas::potrfLower;

constexpr int n = 128;  // large enough not to take the kernels for small matrices, which need no buffer

double largestDifference(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::fmax(largest, std::fabs(a[i] - b[i]));
  return largest;
}

/// Wrong results among 8 threads that multiply and factor the same small matrices.
int wrongResults() {
  std::vector<double> A(n * n), gram(n * n), factor;
  for (int i = 0; i < n * n; ++i) A[i] = std::sin(1.0 + i);
  const auto multiply = [&](std::vector<double>& out) {
    gemm('N', 'T', n, n, n, 1.0, A.data(), n, A.data(), n, 0.0, out.data(), n);
    for (int i = 0; i < n; ++i) out[i * n + i] += n;
  };
  multiply(gram);
  factor = gram;
  potrfLower(n, factor.data(), n);

  std::atomic<int> wrong = 0;
  const auto work = [&] {
    std::vector<double> out(n * n);
    for (int repeat = 0; repeat < (check::longRun() ? 500 : 100); ++repeat) {
      multiply(out);
      if (!(largestDifference(out, gram) < 1e-9)) ++wrong;
      if (potrfLower(n, out.data(), n) != 0 || !(largestDifference(out, factor) < 1e-9)) ++wrong;
    }
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  return wrong;
}

/// A thread that cannot get its buffer throws std::bad_alloc through OpenBLAS.
bool throwsWithoutMemory() {
  bool caught = false;
  std::thread([&] {
    std::vector<double> A(n * n, 1.0), out(n * n);
    rlimit before{};
    getrlimit(RLIMIT_AS, &before);
    rlimit tight = before;
    tight.rlim_cur = 1 << 20;  // less than what is in use: nothing more can be mapped
    setrlimit(RLIMIT_AS, &tight);
    try {
      gemm('N', 'N', n, n, n, 1.0, A.data(), n, A.data(), n, 0.0, out.data(), n);
    } catch (const std::bad_alloc&) {
      caught = true;
    }
    setrlimit(RLIMIT_AS, &before);
  }).join();
  return caught;
}

}  // namespace

TEST(concurrentCallsDoNotShareMemory) { CHECK_EQ(wrongResults(), 0); }

TEST(withoutMemoryThereIsAnException) {
  if (!check::sanitized) CHECK(throwsWithoutMemory());  // a sanitizer needs memory of its own
}
