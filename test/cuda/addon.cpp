// nonconvex-cuda-simulated.node: the CUDA addon on the simulated device, and what tests ask of that.
#include "binding/registry.hpp"
#include "cuda/register.hpp"
#include "simulated_device.hpp"

namespace nonconvex {
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
