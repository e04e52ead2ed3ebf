#include "binding/packed_result.hpp"

namespace nonconvex {

void PackedResult::matrix(const char* name, Mat<const double> matrix) {
  Writer one(env_);
  one.matrix("matrix", matrix);
  value(name, one.object().Get("matrix"));
}

Napi::Object PackedResult::packed() const {
  Napi::Array others = Napi::Array::New(env_, others_.size());
  for (std::uint32_t i = 0; i < others.Length(); ++i) others.Set(i, others_[i]);
  Writer out(env_);
  napi_value shape = nullptr;  // names of C++ are ASCII
  napi_create_string_latin1(env_, shape_.data(), shape_.size(), &shape);
  out.value("shape", Napi::Value(env_, shape));
  out.vector("numbers", numbers_);
  out.value("others", others);
  return out.object();
}

}  // namespace nonconvex
