#include "binding/packed_result.hpp"

#include <algorithm>

namespace nonconvex {

void PackedResult::matrix(const char* name, Mat<const double> matrix) {
  Writer one(env_);
  one.matrix("matrix", matrix);
  value(name, one.object().Get("matrix"));
}

void PackedResult::noteColumn(char kind, const char* name, const std::vector<bool>& known,
                              std::span<const std::string_view> names) {
  const bool all = std::find(known.begin(), known.end(), false) == known.end();
  noteNames(all ? kind : static_cast<char>(kind - 'a' + 'A'), name, names);
  if (!all) numbers_.insert(numbers_.end(), known.begin(), known.end());
}

void PackedResult::column(char kind, const char* name, const std::vector<bool>& known, std::span<const double> values,
                          std::span<const std::string_view> names) {
  noteColumn(kind, name, known, names);
  numbers_.insert(numbers_.end(), values.begin(), values.end());
}

void PackedResult::column(const char* name, const std::vector<bool>& known, std::span<const napi_value> values) {
  noteColumn('v', name, known, {});
  others_.insert(others_.end(), values.begin(), values.end());
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
