// nonconvex-cuda-simulated.node: the CUDA addon on the simulated device, and what tests ask of that.
#include <dlfcn.h>

#include "cuda/register.hpp"
#include "cuda/tables.hpp"
#include "simulated_device.hpp"

namespace nonconvex {

namespace cuda {

const Tables& realTables() {
  // The libraries that stand for NVIDIA's call the device, which is in this one.
  [[maybe_unused]] static void* const self = [] {
    Dl_info found = {};
    dladdr(reinterpret_cast<const void*>(&simulated::enter), &found);
    return dlopen(found.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL);
  }();
  return simulated::tables();
}

}  // namespace cuda

namespace {

/// simulatedCounts() -> { calls, launches, waits, allocations, bytes, nothingAlive }
Napi::Value counts(const Napi::CallbackInfo& info) {
  const simulated::Counts counts = simulated::counts();
  Writer out(info.Env());
  out.number("calls", static_cast<double>(counts.calls));
  out.number("launches", static_cast<double>(counts.launches));
  out.number("waits", static_cast<double>(counts.waits));
  out.number("allocations", static_cast<double>(counts.allocations));
  out.number("bytes", static_cast<double>(counts.bytes));
  out.boolean("nothingAlive", counts.nothingAlive());
  return out.object();
}

/// simulatedCapacity(bytes)
Napi::Value setCapacity(const Napi::CallbackInfo& info) {
  simulated::setCapacity(static_cast<std::size_t>(info[0].ToNumber().DoubleValue()));
  return info.Env().Undefined();
}

/// simulatedFailure(k): the k-th call from now on fails, once
Napi::Value failAt(const Napi::CallbackInfo& info) {
  simulated::failAt(info[0].ToNumber().Int64Value());
  return info.Env().Undefined();
}

const RegisterFunction registered[] = {
    {"simulatedCounts", counts}, {"simulatedCapacity", setCapacity}, {"simulatedFailure", failAt}};

}  // namespace
}  // namespace nonconvex

static Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  return nonconvex::exportRegistered(env, exports, nonconvex::solvesAtOnce);
}
NODE_API_MODULE(nonconvex, initialize)
