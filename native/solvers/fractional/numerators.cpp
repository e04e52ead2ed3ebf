// Smooth terms of numerators.
#include <cmath>
#include <utility>

#include "functions/losses.hpp"
#include "solvers/fractional/common_terms.hpp"
#include "solvers/fractional/quadratic_term.hpp"
#include "solvers/fractional/terms.hpp"

namespace nonconvex {
namespace {

/// sum_i loss(a_i . x, b_i) for a loss whose derivative has a Lipschitz constant.
template <class Loss>
class RowLosses final : public SmoothTerm {
 public:
  explicit RowLosses(const FractionalTermData& data)
      : A_(*data.matrix), b_(data.b), curvature_(data.curvature), z_(b_.size()), loss_(b_.size()), slope_(b_.size()) {}

  static void read(TermReader& in) {
    in.takeMatrixOfColumns(Loss::lipschitz);
    if constexpr (Loss::targets == Targets::signs) {
      in.takeTargets("y");
      const std::vector<double>& y = in.data().b;
      for (std::size_t i = 0; i < y.size(); ++i) {
        if (std::abs(y[i]) == 1) continue;
        require(false, in.name("y") + "[" + show(i) + "]", y[i], "expected -1 or 1");
      }
    } else {
      in.takeTargets("b");
      in.requireLengthOfTargets();
    }
  }

  void restart(const double* x) override {
    A_.multiply(x, z_.data());
    for (std::size_t i = 0; i < z_.size(); ++i) z_[i] += offset(i);
    evaluate();
  }
  Parabola restrictTo(int i, double) const override {
    return {curvature_[static_cast<std::size_t>(i)], A_.dot(i, slope_.data())};
  }
  void move(int i, double t, Parabola, int) override {
    double change = 0;
    A_.forEntries(i, [&](int row, double a) {
      const auto at = static_cast<std::size_t>(row);
      z_[at] += t * a;
      change -= loss_[at];
      evaluate(at);
      change += loss_[at];
    });
    const double before = std::exchange(value_, value_ + change);
    if (cancelled(before, value_)) sum();
  }
  Parabola restrictToRay(const double*) const override {
    Parabola p;
    for (std::size_t i = 0; i < z_.size(); ++i) {
      const double Ax = z_[i] - offset(i);
      p.a += Loss::lipschitz * Ax * Ax;
      p.b += slope_[i] * Ax;
    }
    return p;
  }
  void scale(double factor, const double*) override {
    for (std::size_t i = 0; i < z_.size(); ++i) {
      z_[i] = factor * (z_[i] - offset(i)) + offset(i);
    }
    evaluate();
  }

 private:
  /// The number added to a_i . x: where the loss depends on a difference alone, the difference is kept.
  double offset(std::size_t i) const { return Loss::ofDifference ? -b_[i] : 0; }
  void evaluate(std::size_t i) {
    const Expansion loss = Loss::template at<StandardMath>(z_[i], Loss::ofDifference ? 0 : b_[i]);
    loss_[i] = loss.value;
    slope_[i] = loss.derivative;
  }
  void evaluate() {
    for (std::size_t i = 0; i < z_.size(); ++i) evaluate(i);
    sum();
  }
  void sum() {
    value_ = 0;
    for (const double loss : loss_) value_ += loss;
  }

  const Columns& A_;
  const std::vector<double>& b_;
  const std::vector<double>& curvature_;
  std::vector<double> z_, loss_, slope_;
};

}  // namespace

void readNumerator(TermReader& in) {
  switch (in.term().kind) {
    case FractionalTerm::Kind::leastSquares:
      return LeastSquares::read(in);
    case FractionalTerm::Kind::squaredHinge:
      return RowLosses<losses::SquaredHinge>::read(in);
    case FractionalTerm::Kind::logistic:
      return RowLosses<losses::LogisticMargin>::read(in);
    case FractionalTerm::Kind::affine:
      return in.takeLinear("c");
    case FractionalTerm::Kind::sumSquares:
      return in.requirePositive(in.term().weight, "weight");
    default:
      return QuadraticTerm::read(in);
  }
}

std::unique_ptr<SmoothTerm> makeSmoothTerm(const FractionalTermData& data) {
  switch (data.term.kind) {
    case FractionalTerm::Kind::leastSquares:
      if (data.gram.rows() > 0) return std::make_unique<GramLeastSquares>(data);
      return std::make_unique<LeastSquares>(data);
    case FractionalTerm::Kind::squaredHinge:
      return std::make_unique<RowLosses<losses::SquaredHinge>>(data);
    case FractionalTerm::Kind::logistic:
      return std::make_unique<RowLosses<losses::LogisticMargin>>(data);
    default:
      return std::make_unique<QuadraticTerm>(data);
  }
}

}  // namespace nonconvex
