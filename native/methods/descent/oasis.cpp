// M. Jahani et al., "Doubly adaptive scaled algorithm for machine learning using second-order information", ICLR 2022,
// algorithm 1, without noise.
#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"
#include "core/random.hpp"
#include "methods/descent/descent.hpp"

namespace nonconvex {
namespace {

class Oasis final : public Descent {
 public:
  explicit Oasis(const DescentSetting& of) : of_(of), model_(of.model), products_(of.model), random_(of.seed) {
    for (Vector* v : {&average_, &diagonal_, &signs_, &product_, &last_, &lastGradient_}) {
      v->resize(static_cast<std::size_t>(model_.n()));
    }
  }

  bool step(const NlpPoint& point, NlpPoint& trial) override {
    if (!products_.moveTo(point) || !updateDiagonal(point)) return false;
    chooseStep(point);
    last_ = point.x;
    lastGradient_ = point.g;
    constexpr int mostCuts = 60;
    for (int k = 0; k < mostCuts; ++k) {
      for (std::size_t i = 0; i < last_.size(); ++i) trial.x[i] = point.x[i] - eta_ * point.g[i] / diagonal_[i];
      of_.project(point, trial);
      if (model_.evaluateValues(trial) && model_.evaluateDerivatives(trial)) return trial.x != point.x;
      eta_ /= 8;  // it has left the domain
    }
    return false;
  }
  void forget() override { begun_ = false; }
  std::int64_t products() const override { return products_.count(); }

 private:
  struct Tuning {
    static constexpr double memory = 0.99;     ///< measured: weight of the average of products so far
    static constexpr double least = 1e-5;      ///< safeguard: least entry of the diagonal
    static constexpr int firstProducts = 100;  ///< measured: products that the average begins with
  };

  /// D := mean of z * H z over signs z, at first, then D := 0.99 D + 0.01 z * H z; |D|, at least 1e-5.
  /// A variable at an active bound keeps its entry; at first that is the largest of the others.
  bool updateDiagonal(const NlpPoint& point) {
    if (begun_) {
      draw();
      for (std::size_t i = 0; i < average_.size(); ++i) {
        if (!held(i, point))
          average_[i] = Tuning::memory * average_[i] + (1 - Tuning::memory) * signs_[i] * product_[i];
      }
    } else {
      std::fill(average_.begin(), average_.end(), 0.0);
      for (int k = 0; k < Tuning::firstProducts; ++k) {
        of_.la.checkpoint();
        draw();
        for (std::size_t i = 0; i < average_.size(); ++i) {
          if (!held(i, point)) average_[i] += signs_[i] * product_[i] / Tuning::firstProducts;
        }
      }
      const double largest = normInf(average_);
      for (std::size_t i = 0; i < average_.size(); ++i) {
        if (held(i, point)) average_[i] = largest;
      }
    }
    for (std::size_t i = 0; i < average_.size(); ++i) diagonal_[i] = std::max(std::abs(average_[i]), Tuning::least);
    return finite(diagonal_);
  }

  bool held(std::size_t i, const NlpPoint& point) const {
    return of_.box != nullptr && of_.box->held(i, smoothPoint(point));
  }

  void draw() {
    for (double& sign : signs_) sign = random_.below(drawn_++, 2) == 0 ? 1 : -1;
    products_.multiply(signs_, product_);
  }

  /// eta := min(sqrt(1 + theta) eta, ||dx||_D / (2 ||dg||_{1/D})), theta the ratio of the last two.
  void chooseStep(const NlpPoint& point) {
    if (!begun_) {
      begun_ = true;
      eta_ = 1;
      theta_ = infinity;
      return;
    }
    double dx = 0, dg = 0;
    for (std::size_t i = 0; i < last_.size(); ++i) {
      dx += diagonal_[i] * square(point.x[i] - last_[i]);
      dg += square(point.g[i] - lastGradient_[i]) / diagonal_[i];
    }
    const double byCurvature = dg > 0 ? std::sqrt(dx / dg) / 2 : infinity;
    const double next = std::min(std::sqrt(1 + theta_) * eta_, byCurvature);
    theta_ = next / eta_;
    eta_ = std::isfinite(next) ? next : eta_;
  }

  const DescentSetting of_;
  ScaledNlp& model_;
  HessianProducts products_;
  const Random random_;
  std::uint64_t drawn_ = 0;
  Vector average_, diagonal_;
  Vector signs_, product_;
  Vector last_, lastGradient_;
  double eta_ = 1;
  double theta_ = infinity;
  bool begun_ = false;
};

}  // namespace

std::unique_ptr<Descent> oasisDescent(const DescentSetting& of) { return std::make_unique<Oasis>(of); }

}  // namespace nonconvex
