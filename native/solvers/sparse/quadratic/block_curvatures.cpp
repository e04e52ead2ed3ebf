#include "solvers/sparse/quadratic/block_curvatures.hpp"

#include <algorithm>

namespace nonconvex {

BlockCurvature& BlockCurvatures::of(int block, int first, int size) {
  auto& made = made_[at(block)];
  if (!made) made = std::make_unique<BlockCurvature>(size, width_);
  if (current_[at(block)]) return *made;
  current_[at(block)] = 1;
  if (corner_.rows() < size) corner_ = HostMatrix<double>(size, size);
  const Mat<double> corner = corner_.view().block(0, 0, size, size);
  if (form_.hasGram()) {
    for (int e = 0; e < size; ++e) std::copy_n(form_.gram(first + e) + first, size, corner.column(e));
    made->set(corner);
    return *made;
  }
  column_.resize(at(metric_->rows()));
  for (int e = 0; e < size; ++e) {
    corner(e, e) = form_.curvature(first + e);
    if (e + 1 == size) break;
    std::fill(column_.begin(), column_.end(), 0.0);
    metric_->addWeighted(first + e, 1, column_.data());
    const double sum = metric_->totalWeight() * metric_->mean(first + e);
    for (int f = e + 1; f < size; ++f) corner(f, e) = corner(e, f) = metric_->ofRows(first + f, column_, sum);
  }
  made->set(corner);
  return *made;
}

}  // namespace nonconvex
