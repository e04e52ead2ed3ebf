// Objects of C++ that JavaScript holds and hands back.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "binding/js.hpp"
#include "core/error.hpp"

namespace nonconvex {

/// What a handle holds.
enum class HandleTag : std::uint64_t { rowModel = 1, rowTable = 2, preparedQuadratic = 3 };

inline napi_type_tag tagOf(const std::uint64_t& place, HandleTag which) {
  return {0x6e6f6e636f6e7673 + static_cast<std::uint64_t>(which), reinterpret_cast<std::uint64_t>(&place)};
}
/// Tells this addon's handles from those of another, by its address.
inline const std::uint64_t handlePlace = 0;

/// A JavaScript object that holds a shared pointer.
template <class T>
class SharedHandle {
 public:
  static Napi::Object wrap(Napi::Env env, std::shared_ptr<T> made, std::size_t bytes, HandleTag which) {
    const Napi::Object object = Napi::Object::New(env);
    const napi_type_tag tag = tagOf(handlePlace, which);
    object.TypeTag(&tag);
    auto handle = std::make_unique<SharedHandle>(SharedHandle{std::move(made), static_cast<std::int64_t>(bytes)});
    const auto finalize = [](napi_env of, void* data, void*) {
      const std::unique_ptr<SharedHandle> dead(static_cast<SharedHandle*>(data));
      std::int64_t total = 0;
      napi_adjust_external_memory(of, -dead->bytes, &total);
    };
    if (napi_wrap(env, object, handle.get(), finalize, nullptr, nullptr) != napi_ok) throw Napi::Error::New(env);
    std::int64_t total = 0;
    napi_adjust_external_memory(env, handle.release()->bytes, &total);
    return object;
  }
  static std::shared_ptr<T> of(const Napi::Object& object, const std::string& path, HandleTag which) {
    const napi_type_tag tag = tagOf(handlePlace, which);
    void* data = nullptr;
    if (!object.CheckTypeTag(&tag) || napi_unwrap(object.Env(), object, &data) != napi_ok) {
      throw Error(ErrorKind::type, path + " = an object: expected what this addon has made");
    }
    return static_cast<SharedHandle*>(data)->value;
  }

  std::shared_ptr<T> value;
  std::int64_t bytes;
};

}  // namespace nonconvex
