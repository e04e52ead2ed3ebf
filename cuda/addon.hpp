// What the addon of the CUDA solvers exports: the table of native/binding with cuda/solvers.hpp in place of the CPU.
// For g++: nvcc never sees napi.h.
#pragma once

#include <cstdlib>

#include "binding/module.hpp"
#include "binding/solvers.hpp"
#include "cuda/devices.hpp"
#include "cuda/solvers.hpp"

namespace nonconvex {

using CudaSolvers = std::tuple<Relu, Newton>;

/// A device computes for one solve while another prepares or reads its answer; more would only share its memory.
constexpr int solvesAtOnce = 2;

/// Before a worker's first call of CUDA. What is registered last at exit() runs first: solves end before the driver
/// does.
inline void startDriver() {
  [[maybe_unused]] static const int registered = [] {
    int count = 0;
    cuda::realTables().runtime.deviceCount(&count);
    return std::atexit([] { Runtime::instance().close(); });
  }();
}

struct OnCuda {
  static void check(const ReluSettings& settings) { requireNoCones(settings); }
  static void check(const NlpSettings& settings) { requireOnDevice(settings); }

  template <class Entry>
  static Solved<typename Entry::Solution> solve(const typename Entry::Problem& problem,
                                                const typename Entry::Settings& settings, WorkerPool&,
                                                Monitor& monitor) {
    startDriver();
    return solveOnCuda(problem, settings, monitor);
  }
};

/// On a worker, since the first question starts the driver.
class DevicesJob final : public Job {
 public:
  bool skipsQueue() const override { return true; }
  void run(WorkerPool&, Monitor&) override {
    startDriver();
    CudaDevices found = cudaDevices();
    if (found.devices.empty()) throw Error(ErrorKind::solver, found.missing, "DEVICE_UNAVAILABLE");
    devices_ = std::move(found.devices);
  }
  Napi::Object result(Napi::Env env) override {
    Napi::Array list = Napi::Array::New(env, devices_.size());
    for (std::uint32_t i = 0; i < list.Length(); ++i) {
      const CudaDevice& device = devices_[i];
      Writer out(env);
      out.text("name", device.name);
      out.number("memory", device.memory);
      out.number("freeMemory", device.freeMemory);
      out.text("computeCapability", device.capability);
      out.boolean("usable", device.usable);
      if (!device.usable) out.text("reason", device.reason);
      list.Set(i, out.object());
    }
    return list;
  }

 private:
  std::vector<CudaDevice> devices_;
};

/// devices() -> { promise, abort() }
inline Napi::Value cudaDeviceList(const Napi::CallbackInfo& info) {
  return Environment::of(info.Env()).start(std::make_shared<DevicesJob>(), info.Env().Undefined(), {});
}

inline Napi::Object exportCuda(Napi::Env env, Napi::Object exports) {
  exportSolvers<CudaSolvers, OnCuda>(env, exports, solvesAtOnce);
  exports.Set("devices", Napi::Function::New(env, guarded<cudaDeviceList>, "devices"));
  return exports;
}

}  // namespace nonconvex
