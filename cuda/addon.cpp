// nonconvex-cuda.node
#include "cuda/addon.hpp"

static Napi::Object initialize(Napi::Env env, Napi::Object exports) { return nonconvex::exportCuda(env, exports); }
NODE_API_MODULE(nonconvex, initialize)
