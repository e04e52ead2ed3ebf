#include "binding/packed_result.hpp"

namespace nonconvex {

void PackedResult::matrix(const char* name, Mat<const double> matrix) {
  Writer one(env_);
  one.matrix("matrix", matrix);
  value(name, one.object().Get("matrix"));
}

std::size_t PackedShapes::numberOf(const std::string& shape) {
  const auto [place, isNew] = numbers_.try_emplace(shape, shapes_.size());
  if (isNew) shapes_.push_back(&place->first);
  return place->second;
}

const std::string& PackedShapes::at(double number) const {
  const bool known = number >= 0 && number < static_cast<double>(shapes_.size());
  require(known, "number", number, "expected that of a shape");
  return *shapes_[static_cast<std::size_t>(number)];
}

Napi::Object PackedResult::packed(PackedShapes& shapes) {
  numbers_.front() = static_cast<double>(shapes.numberOf(shape_));
  const Napi::Object numbers = typedArray(env_, numbers_).As<Napi::Object>();
  if (others_.empty()) return numbers;
  Napi::Array all = Napi::Array::New(env_, others_.size() + 1);
  all.Set(std::uint32_t{0}, numbers);
  for (std::uint32_t i = 1; i < all.Length(); ++i) all.Set(i, others_[i - 1]);
  return all;
}

}  // namespace nonconvex
