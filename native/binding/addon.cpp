// nonconvex.node: what is registered, on as many workers as the machine has cores.
#include "binding/registry.hpp"

static Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  return nonconvex::exportRegistered(env, exports, nonconvex::availableThreads());
}
NODE_API_MODULE(nonconvex, initialize)
