#include "binding/array_copy.hpp"

#include <cstdint>
#include <memory>
#include <utility>

namespace nonconvex {
namespace {

/// The tag of this addon's copies.
const napi_type_tag copyTag = {0x6e6f6e636f6e6370, reinterpret_cast<std::uint64_t>(&copyTag)};

}  // namespace

napi_value wrap(napi_env env, ArrayCopy made) {
  auto copy = std::make_unique<ArrayCopy>(std::move(made));
  const auto finalize = [](napi_env, void* data, void*) { delete static_cast<ArrayCopy*>(data); };
  napi_value object = nullptr;
  if (napi_create_object(env, &object) != napi_ok || napi_type_tag_object(env, object, &copyTag) != napi_ok ||
      napi_wrap(env, object, copy.get(), finalize, nullptr, nullptr) != napi_ok) {
    return nullptr;
  }
  copy.release();
  return object;
}

ArrayCopy* arrayCopyIn(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  bool tagged = false;
  void* data = nullptr;
  const bool found = napi_typeof(env, value, &type) == napi_ok && type == napi_object &&
                     napi_check_object_type_tag(env, value, &copyTag, &tagged) == napi_ok && tagged &&
                     napi_unwrap(env, value, &data) == napi_ok;
  return found ? static_cast<ArrayCopy*>(data) : nullptr;
}

}  // namespace nonconvex
