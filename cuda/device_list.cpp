// devices(), which the addon of CUDA exports beside its solvers.
#include <cstdlib>

#include "binding/registry.hpp"
#include "cuda/devices.hpp"
#include "cuda/register.hpp"

namespace nonconvex {

void startDriver() {
  // exit() runs the function first that was registered last.
  [[maybe_unused]] static const int registered = [] {
    int count = 0;
    cuda::realTables().runtime.deviceCount(&count);
    return std::atexit([] { Runtime::instance().close(); });
  }();
}

namespace {

/// Asks for the devices on a worker, since the first question starts the driver.
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
Napi::Value devices(const Napi::CallbackInfo& info) {
  return Environment::of(info.Env()).start(std::make_shared<DevicesJob>());
}

const RegisterFunction registered("devices", devices);

}  // namespace
}  // namespace nonconvex
