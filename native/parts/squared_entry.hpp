// For sums of squares.
#pragma once

#include "core/hostdevice.hpp"
#include "linalg/views.hpp"

namespace nonconvex::kernels {

template <class T, class Space>
struct SquaredEntry {
  Mat<const T, Space> m;
  NONCONVEX_HD double operator()(int i, int j) const {
    const double x = static_cast<double>(m(i, j));
    return x * x;
  }
};

}  // namespace nonconvex::kernels
