#include "sketching/sketched_gram.hpp"

#include <algorithm>

#include "core/index.hpp"

namespace nonconvex {
namespace {

constexpr int perColumn = 8;  // entries of the sketch in each column

}  // namespace

void SketchedGram::compute(const GramFactor& A, const Random& random, const Cpu& la, Mat<double> gram) {
  const int count = A.rows();
  const SparseSignSketch S(rows(), count, perColumn, random);
  places_.resize(at(count) * perColumn);
  factors_.resize(places_.size());
  la.forEach(count, [&](int i) {
    const double root = std::sqrt(A.weights[at(i)]);
    std::size_t k = at(i) * perColumn;
    S.forColumn(i, [&](int row, double value) {
      places_[k] = row;
      factors_[k++] = root * value;
    });
  });
  std::fill(product_.data(), product_.data() + product_.size(), 0.0);
  if (!A.isDense()) {
    addSparse(A, la);
  } else if (A.dense.f64 != nullptr) {
    addDense(A.dense.f64, count, la);
  } else {
    addDense(A.dense.f32, count, la);
  }
  la.syrk(Transpose::no, 1, product_, 0, gram);
}

/// Works by stretches of columns, so that what is summed up stays in cache.
template <class T>
void SketchedGram::addDense(const T* rows, int count, const Cpu& la) {
  constexpr int stretch = 32;
  la.tasks((n_ + stretch - 1) / stretch, [&](int task) {
    la.checkpoint();
    const int first = task * stretch;
    const int width = std::min(stretch, n_ - first);
    for (int i = 0; i < count; ++i) {
      const T* row = rows + at(i) * at(n_) + first;
      for (std::size_t k = at(i) * perColumn; k < (at(i) + 1) * perColumn; ++k) {
        double* sum = product_.column(places_[k]) + first;
        const double factor = factors_[k];
        for (int j = 0; j < width; ++j) sum[j] += factor * static_cast<double>(row[j]);
      }
    }
  });
}

/// Each of the entries of a column of S adds to rows of its own.
void SketchedGram::addSparse(const GramFactor& A, const Cpu& la) {
  const SparseView& rows = A.sparse;
  la.tasks(perColumn, [&](int group) {
    la.checkpoint();
    for (int i = 0; i < A.rows(); ++i) {
      const std::size_t k = at(i) * perColumn + at(group);
      double* sum = product_.column(places_[k]);
      for (int e = rows.offsets[at(i)]; e < rows.offsets[at(i) + 1]; ++e) {
        sum[rows.indices[at(e)]] += factors_[k] * rows.values[at(e)];
      }
    }
  });
}

}  // namespace nonconvex
