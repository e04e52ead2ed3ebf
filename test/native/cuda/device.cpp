// Memory, errors, waiting and loading of the CUDA backend, on the simulated device.
// Compiled with sanitizers itself: what it tests stands in headers.
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "check.hpp"
#include "core/random.hpp"
#include "cuda/cuda.hpp"
#include "cuda/devices.hpp"
#include "simulated_device.hpp"

using namespace nonconvex;

namespace {

constexpr std::size_t plenty = std::size_t{1} << 30;

HostMatrix<double> sample(int m, int n) {
  HostMatrix<double> a(m, n);
  for (std::size_t k = 0; k < a.size(); ++k) a.data()[k] = Random(1).normal(k);
  return a;
}

struct Shift {
  Mat<double, Device> a;
  NONCONVEX_HD void operator()(int i) const { a(i, i) += 100; }
};

/// A bit of everything; its result.
double work(const CudaOperations& la, int n) {
  const HostMatrix<double> host = sample(n, n);
  const auto a = la.matrix<double>(n, n);
  const auto b = la.matrix<double>(n, n);
  const auto single = la.matrix<float>(n, n);
  la.upload(host.view(), a.view());
  la.copy(a.view(), single.view());
  la.syrk(Transpose::no, 1, a, 0, b);
  la.syrk(Transpose::yes, 1, la.matrix<double>(2100, n), 1, b);
  la.mirrorLower(b);
  la.forEach(n, Shift{b});
  const bool definite = la.cholesky(b);
  la.choleskySolve(b, a);
  la.multiplySymmetric(a, a, b);
  la.download(b.view(), host.view());
  const bool finite = la.eigenvalues(b, a.flat().part(0, n));
  return (definite ? 1 : 0) + (finite ? 1 : 0) + la.norm(a.flat()) + la.norm(single.flat()) + host(n - 1, n - 1);
}

struct Caught {
  std::string code;
  std::string message;
};
template <class F>
Caught caught(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {};
}

}  // namespace

TEST(memoryComesBack) {
  const std::size_t before = simulated::counts().bytes;
  for (int solve = 0; solve < 100; ++solve) {
    const Cuda<double> la(simulated::tables());
    work(la, 5 + solve % 7);
    CHECK(simulated::counts().bytes > before);
  }
  CHECK(simulated::counts().nothingAlive());
}

TEST(blocksAreUsedAgain) {
  const Cuda<double> la(simulated::tables());
  la.matrix<double>(50, 40);
  const long allocations = simulated::counts().allocations;
  for (int k = 0; k < 10; ++k) {
    const auto a = la.matrix<double>(50, 40);
    auto b = la.matrix<float>(100, 39);  // a second block the first time
    CHECK(simulated::counts().allocations <= allocations + 1);
    const auto moved = std::move(b);
    CHECK_EQ(moved.rows(), 100);
    CHECK_EQ(b.rows(), 0);
  }
  const auto empty = la.matrix<double>(0, 7);
  CHECK(empty.data() == nullptr && empty.size() == 0);
}

TEST(outOfMemorySaysHowMuch) {
  {
    const Cuda<double> la(simulated::tables());
    const std::size_t used = simulated::counts().bytes;
    simulated::setCapacity(used + 9000000);
    const auto [code, message] = caught([&] { la.matrix<double>(2000, 1000); });
    CHECK_EQ(code, "OUT_OF_MEMORY");
    CHECK(check::contains(message, "cudaMalloc of 16000000 bytes with 9000000 of " + show(used + 9000000)));
    // What the pool keeps goes back to the device when it is needed in another form.
    la.matrix<double>(1000, 500);
    la.matrix<double>(1000, 500);
    CHECK_NEAR(la.availableMemory(), 9000000, 0);
    la.matrix<double>(1000, 1000);
    CHECK_EQ(caught([&] { work(la, 8); }).message, "");
  }
  simulated::setCapacity(1000);
  CHECK_EQ(caught([] { Cuda<double>(simulated::tables()); }).code, "OUT_OF_MEMORY");
  simulated::setCapacity(plenty);
  CHECK(simulated::counts().nothingAlive());
}

TEST(anyCallMayFail) {
  long failures = 0;
  long ignored = 0;
  for (long k = 0;; ++k) {
    simulated::failAt(k);
    const auto [code, message] = caught([] {
      const Cuda<double> la(simulated::tables());
      work(la, 6);
    });
    CHECK(simulated::counts().nothingAlive());
    if (!simulated::failed()) break;
    if (code.empty()) {
      ++ignored;
      continue;
    }
    ++failures;
    CHECK(code == "DEVICE_FAILED" || code == "OUT_OF_MEMORY" || code == "DEVICE_UNAVAILABLE");
    CHECK(check::contains(message, "cu") || check::contains(message, "CUDA"));
  }
  simulated::failAt(-1);
  CHECK(failures > 40);
  CHECK_EQ(ignored, 1);  // the wait before all is given back
}

TEST(messagesNameTheCall) {
  const Cuda<double> la(simulated::tables());
  const auto a = la.matrix<double>(3, 3);
  const auto failing = [&](auto&& f) {
    simulated::failAt(0);
    return caught(f).message;
  };
  CHECK_EQ(failing([&] { la.trsm(Side::left, Transpose::no, 1, a, a); }), "cublasDtrsm: status 13");
  CHECK_EQ(failing([&] { la.norm(a.flat()); }), "cublasDnrm2: status 13");
  CHECK_EQ(failing([&] { la.dot(a.flat(), a.flat()); }), "cublasDdot: status 13");
  const auto tall = la.matrix<double>(3000, 3);
  la.syrk(Transpose::yes, 1, tall, 0, a);  // memory for its pieces
  CHECK_EQ(failing([&] { la.syrk(Transpose::yes, 1, tall, 0, a); }), "cublasDgemmStridedBatched: status 13");
  CHECK_EQ(failing([&] { la.synchronize(); }), "cudaStreamSynchronize: simulated failure (700)");
  CHECK_EQ(failing([&] { la.forEach(3, Shift{a}); }), "cudaLaunchKernel: simulated failure (700)");
  // A leading dimension that cuBLAS refuses.
  const Mat<double, Device> wrong{a.data(), 3, 3, 2};
  CHECK_EQ(caught([&] { la.gemm(Transpose::no, Transpose::no, 1, a, a, 0, wrong); }).message, "cublasDgemm: status 7");
}

TEST(nothingWaitsButWhatBringsNumbers) {
  const Cuda<double> la(simulated::tables());
  const HostMatrix<double> host = sample(6, 6);
  const auto a = la.matrix<double>(6, 6);
  const auto b = la.matrix<double>(6, 6);
  const auto sums = la.matrix<double>(6, 1);
  la.upload(host.view(), a.view());
  const long before = simulated::counts().waits;
  const double second = host(0, 1);
  host(0, 1) = 1e9;  // may change once the call has returned
  la.gemm(Transpose::no, Transpose::yes, 1, a, a, 0, b);
  la.forEach(6, Shift{b});
  la.fill(b.columns(0, 1), 1);
  la.columnSums(6, 6, cuda::Entry{b}, sums.flat());
  la.mirrorLower(b);
  la.choleskySolve(b, a.columns(0, 1));
  { const auto dropped = la.matrix<double>(6, 6); }
  CHECK_EQ(simulated::counts().waits, before);
  la.norm(a.flat());
  CHECK_EQ(simulated::counts().waits, before + 1);
  la.download(a.columns(1, 1), host.columns(1, 1));
  CHECK_EQ(simulated::counts().waits, before + 2);
  CHECK_EQ(host(0, 1), second);
}

TEST(twoAtOnce) {
  const Cuda<double> la(simulated::tables());
  const double alone = work(la, 9);
  double results[4] = {};
  std::vector<std::thread> threads;
  for (double& result : results) {
    threads.emplace_back([&result] {
      for (int k = 0; k < 10; ++k) {
        const Cuda<double> own(simulated::tables());
        result = work(own, 9);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const double result : results) CHECK_EQ(result, alone);
}

TEST(interrupted) {
  Monitor monitor;
  const Cuda<double> la(simulated::tables(), &monitor);
  const auto a = la.matrix<double>(3, 3);
  monitor.abort();
  bool thrown = false;
  try {
    la.cholesky(a);
  } catch (const Interrupted&) {
    thrown = true;
  }
  CHECK(thrown);
}

// The simulation itself: a program that reads device memory on the host does not go on.
TEST(hostCannotReadDeviceMemory) {
  const Cuda<double> la(simulated::tables());
  const auto a = la.matrix<double>(3, 3);
  la.synchronize();
  const pid_t child = fork();
  if (child == 0) {
    close(STDERR_FILENO);
    const volatile double value = a.view()(1, 1);
    _exit(value == 0 ? 0 : 0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(!WIFEXITED(status) || WEXITSTATUS(status) != 0);
}

TEST(loading) {
  namespace fs = std::filesystem;
  CHECK(check::contains(simulated::tables().blas.library, "libcublas.so.13"));
  CHECK(check::contains(simulated::tables().solver.library, "libcusolver.so.12"));
  const fs::path folder = fs::temp_directory_path() / ("nonconvex-" + std::to_string(getpid()));
  fs::create_directory(folder);
  const auto expectMissing = [](const auto& table, const char* text) {
    if (table.missing.empty()) {  // this machine has a real one
      CHECK(!table.library.empty());
    } else {
      CHECK(table.library.empty());
      CHECK(check::contains(table.missing, text));
    }
  };
  expectMissing(cuda::loadCublas(folder), "libcublas.so.13 or libcublas.so.12 could not be loaded");
  expectMissing(cuda::loadCusolver(""), "libcusolver.so.12 or libcusolver.so.11 could not be loaded");
  std::ofstream(folder / "libcublas.so.12") << "not a library";
  expectMissing(cuda::loadCublas("/nowhere:" + folder.string()), (folder / "libcublas.so.12").c_str());
  // A library under the name of another.
  fs::copy_file(simulated::tables().solver.library, folder / "libcublas.so.13");
  CHECK_EQ(cuda::loadCublas(folder).missing, (folder / "libcublas.so.13").string() + " has no cublasCreate_v2");
  fs::remove_all(folder);

  cuda::Tables without = simulated::tables();
  without.blas = cuda::loadCublas(folder);
  if (without.blas.missing.empty()) return;
  const auto [code, message] = caught([&] { const Cuda<float> la(without); });
  CHECK_EQ(code, "DEVICE_UNAVAILABLE");
  CHECK_EQ(message, without.blas.missing);
}

TEST(devices) {
  const CudaDevices found = cudaDevices(simulated::tables());
  CHECK_EQ(found.devices.size(), std::size_t{1});
  CHECK(found.usable() != nullptr && found.reason().empty());
  CHECK_EQ(found.devices[0].name, "Simulated");
  CHECK_EQ(found.devices[0].capability, "9.0");
  CHECK_EQ(found.devices[0].memory, static_cast<double>(plenty));

  const auto reason = [](auto&& change) {
    cuda::Tables tables = simulated::tables();
    change(tables);
    const CudaDevices changed = cudaDevices(tables);
    CHECK(changed.usable() == nullptr);
    return changed.reason();
  };
  CHECK_EQ(reason([](cuda::Tables& t) { t.runtime.deviceCount = [](int*) { return 35; }; }),
           "no NVIDIA driver that is new enough for this build was found");
  CHECK_EQ(reason([](cuda::Tables& t) { t.runtime.deviceCount = [](int*) { return 100; }; }),
           "no CUDA device: simulated failure");
  CHECK_EQ(reason([](cuda::Tables& t) { t.runtime.deviceCount = [](int* n) { return *n = 0; }; }),
           "no CUDA device: there are none");
  const auto old = [](int, cuda::Properties* properties) { return *properties = {"Old", 7, 5}, 0; };
  CHECK_EQ(reason([&](cuda::Tables& t) { t.runtime.describe = old; }),
           "Old: its compute capability is 7.5, and 8.0 is needed");
  CHECK_EQ(reason([](cuda::Tables& t) { t.runtime.setDevice = [](int) { return 46; }; }),
           "Simulated: the device does not answer: simulated failure");
  CHECK_EQ(reason([](cuda::Tables& t) { t.solver.missing = "no cuSOLVER"; }), "Simulated: no cuSOLVER");
  simulated::setCapacity(100000000);
  CHECK_EQ(reason([](cuda::Tables&) {}), "Simulated: of its 100000000 bytes of memory 100000000 are free");
  simulated::setCapacity(plenty);
}
