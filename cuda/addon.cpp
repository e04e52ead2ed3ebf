// nonconvex-cuda.node: the solvers of cuda/solvers.
#include "binding/registry.hpp"
#include "cuda/register.hpp"

static Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  return nonconvex::exportRegistered(env, exports, nonconvex::solvesAtOnce);
}
NODE_API_MODULE(nonconvex, initialize)
