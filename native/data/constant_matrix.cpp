#include "data/constant_matrix.hpp"

#include <algorithm>

#include "core/in_pieces.hpp"

namespace nonconvex {
namespace {

template <class T>
void append(const T* from, std::size_t size, std::vector<double>& to, const Pause& pause) {
  constexpr std::size_t piece = numbersOfPiece<double>;
  for (std::size_t k = 0; k < size; k += piece) {
    if (pause) pause();
    to.insert(to.end(), from + k, from + std::min(size, k + piece));
  }
}

}  // namespace

ConstantMatrix constantCopy(const MatrixInput& from, const Pause& pause) {
  const std::size_t size = at(from.rows) * at(from.columns);
  std::vector<double> values;
  values.reserve(size);
  if (from.f64 != nullptr) append(from.f64, size, values, pause);
  if (from.f32 != nullptr) append(from.f32, size, values, pause);
  return {from.rows, from.columns, std::move(values)};
}

}  // namespace nonconvex
