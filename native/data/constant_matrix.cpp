#include "data/constant_matrix.hpp"

namespace nonconvex {

ConstantMatrix::ConstantMatrix(const MatrixInput& from) : ConstantMatrix(from.rows, from.columns, {}) {
  const std::size_t size = at(from.rows) * at(from.columns);
  if (from.f64 != nullptr) values.assign(from.f64, from.f64 + size);
  if (from.f32 != nullptr) values.assign(from.f32, from.f32 + size);
}

}  // namespace nonconvex
