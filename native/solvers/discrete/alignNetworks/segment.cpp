#include "solvers/discrete/alignNetworks/segment.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "data/checked_rows.hpp"

namespace nonconvex {

NetworkRows::NetworkRows(const Cpu& la, const AlignProblem& problem) : x_(transposedRows(la, "x", problem.x, 1)) {}

SegmentCourse::SegmentCourse(const Cpu& la, const AlignProblem& problem, const NetworkRows& rows,
                             const LayeredNetwork& like, int points)
    : problem_(problem),
      rows_(rows),
      points_(points),
      between_(like.copy()),
      values_(la, like, NetworkRows::Tuning::together),
      loss_(at(points)),
      accuracy_(at(points)) {}

void SegmentCourse::look(int k, const LayeredNetwork& from, const LayeredNetwork& to) {
  interpolate(from, to, static_cast<double>(k) / (points_ - 1), between_);
  double sum = 0;
  right_ = 0;
  const int last = between_.hidden();
  rows_.each(between_, values_, [&](int first) { sum += add(values_.of(last), first); });
  loss_[at(k)] = sum / rows_.count();
  accuracy_[at(k)] = right_ / rows_.count();
}

double SegmentCourse::add(Mat<const double> outputs, int first) {
  double sum = 0;
  const bool squares = problem_.loss == SegmentLoss::squared;
  for (int i = 0; i < outputs.cols; ++i) {
    const double* f = outputs.column(i);
    const double* y = problem_.y.data() + at(first + i) * (squares ? at(outputs.rows) : 1);
    if (squares) {
      for (int o = 0; o < outputs.rows; ++o) sum += square(f[o] - y[o]);
    } else if (problem_.loss == SegmentLoss::logistic) {
      const double margin = *y * f[0];
      sum += margin > 0 ? std::log1p(std::exp(-margin)) : std::log1p(std::exp(margin)) - margin;
      right_ += margin > 0;
    } else {
      const double most = *std::max_element(f, f + outputs.rows);
      double total = 0;
      for (int o = 0; o < outputs.rows; ++o) total += std::exp(f[o] - most);
      const double own = f[static_cast<int>(*y)];
      sum += std::log(total) + most - own;
      right_ += own == most;
    }
  }
  return sum;
}

SegmentLosses SegmentCourse::losses() const {
  SegmentLosses made{.loss = loss_, .accuracy = {}, .height = 0};
  if (problem_.loss != SegmentLoss::squared) made.accuracy = accuracy_;
  for (int k = 0; k < points_; ++k) {
    const double t = static_cast<double>(k) / (points_ - 1);
    made.height = std::max(made.height, loss_[at(k)] - (1 - t) * loss_.front() - t * loss_.back());
  }
  return made;
}

}  // namespace nonconvex
