#include "solvers/sparse/losses/losses.hpp"

#include <algorithm>

#include "core/index.hpp"
#include "problems/glm/row_losses.hpp"
#include "solvers/sparse/losses/cox_rows.hpp"
#include "solvers/sparse/losses/multinomial_rows.hpp"
#include "solvers/sparse/losses/robust_rows.hpp"

namespace nonconvex {
namespace {

GlmFamily familyOf(SparseFamily family) {
  switch (family) {
    case SparseFamily::binomial:
      return GlmFamily::logistic;
    case SparseFamily::poisson:
      return GlmFamily::poisson;
    case SparseFamily::gamma:
      return GlmFamily::gamma;
    default:
      return GlmFamily::squared;
  }
}

/// Losses of generalised linear models.
class GlmRows final : public RowsLoss {
 public:
  explicit GlmRows(const SparseData& data) : data_(data), family_(familyOf(data.family)) {}

  double evaluate(std::span<const double> t, std::span<double> first, std::span<double> second) const override {
    double sum = 0;
    for (std::size_t k = 0; k < t.size(); k += data_.weights.size()) {
      sum += glmLosses(family_, data_.n(), &t[k], &data_.y[k], data_.weights.data(), &first[k], &second[k]);
    }
    return sum;
  }
  void curvatures(std::span<const double> /*t*/, std::span<const double> second, double stretch,
                  std::span<double> h) const override {
    const std::vector<double>& weights = data_.weights;
    for (std::size_t k = 0; k < h.size(); k += weights.size()) {
      for (std::size_t i = 0; i < weights.size(); ++i) {
        h[k + i] = stretch * std::max(second[k + i], RowsTuning::leastCurvature * weights[i]);
      }
    }
  }
  double dualValue(std::span<const double> slopes, double share) const override {
    double sum = 0;
    visitLoss(family_, [&]<class Loss>() {
      for (std::size_t i = 0; i < slopes.size(); ++i) {
        const double w = weight(i);
        if (w == 0) continue;
        const double s = share * slopes[i];
        sum -= w * Loss::conjugate(s / w, data_.y[i]);
        if (!data_.offset.empty()) sum += s * data_.offset[i];
      }
    });
    return sum;
  }
  /// The loss of a row is least, over all predictions, as its conjugate says at 0.
  double perfect() const override {
    double sum = 0;
    for (std::size_t i = 0; i < data_.y.size(); ++i) {
      sum -= weight(i) * visitLoss(family_, [&]<class Loss>() { return Loss::conjugate(0, data_.y[i]); });
    }
    return sum;
  }
  bool squared() const override { return family_ == GlmFamily::squared; }

 private:
  /// The weight of an entry of y, whose rows have one for all responses.
  double weight(std::size_t i) const { return data_.weights[i % data_.weights.size()]; }

  const SparseData& data_;
  GlmFamily family_;
};

}  // namespace

std::unique_ptr<RowsLoss> makeRowsLoss(const SparseData& data) {
  switch (data.family) {
    case SparseFamily::multinomial:
      return std::make_unique<MultinomialRows>(data);
    case SparseFamily::huber:
      return std::make_unique<HuberRows>(data);
    case SparseFamily::quantile:
      return std::make_unique<QuantileRows>(data);
    case SparseFamily::cox:
      return std::make_unique<CoxRows>(data);
    default:
      return std::make_unique<GlmRows>(data);
  }
}

}  // namespace nonconvex
