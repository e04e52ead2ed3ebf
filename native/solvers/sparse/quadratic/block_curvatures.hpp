// Curvatures of a quadratic within blocks.
#pragma once

#include <memory>
#include <vector>

#include "core/index.hpp"
#include "linalg/cpu.hpp"
#include "solvers/sparse/penalties/block_penalty.hpp"
#include "solvers/sparse/quadratic/gram_metric.hpp"
#include "solvers/sparse/quadratic/quadratic_form.hpp"

namespace nonconvex {

/// The part of G within each block of several places, by its eigenvalues, computed where it is asked for.
class BlockCurvatures {
 public:
  /// `metric` is the form where its places are columns, else null; `width` is the number of responses of a block.
  BlockCurvatures(QuadraticForm& form, GramMetric* metric, int width) : form_(form), metric_(metric), width_(width) {}

  void resize(std::size_t blocks) {
    made_.resize(blocks);
    current_.resize(blocks, 0);
  }
  void clear() {
    made_.clear();
    current_.clear();
  }
  /// G has changed.
  void forget() { std::fill(current_.begin(), current_.end(), 0); }
  /// The curvature of a block with these places.
  BlockCurvature& of(int block, int first, int size);

 private:
  QuadraticForm& form_;
  GramMetric* metric_;
  int width_;
  std::vector<std::unique_ptr<BlockCurvature>> made_;
  std::vector<char> current_;  ///< whether a curvature is that of the present G
  HostMatrix<double> corner_;
  std::vector<double> column_;
};

}  // namespace nonconvex
