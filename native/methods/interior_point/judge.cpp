#include "methods/interior_point/judge.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {
namespace {

/// The conditions of optimality, gathered over variables and rows: section 3.3 of docs/nlp-inequalities.md.
class Judge {
 public:
  explicit Judge(const BarrierNlp& nlp) : nlp_(nlp), unit_(std::min(1.0, 1 / nlp.model().objectiveScale())) {}

  void addVariable(std::size_t j, double x, double g, double zL, double zU) {
    if (nlp_.fixed(j)) {
      zL = std::max(0.0, g);
      zU = std::max(0.0, -g);
    }
    gradient_ = std::max(gradient_, unit_ * std::abs(g - zL + zU));
    ofSides_ += unit_ * (zL + zU);
    addSides(j, x, std::abs(x), zL, zU);
  }
  /// `terms`: the size of what is summed in c.
  void addRow(int row, double c, double terms, double y) {
    const double size = unit_ * std::max(1.0, nlp_.model().constraintScales()[at(row)]) * std::abs(y);
    ofRows_ += size;
    if (nlp_.slackOf(row) < 0) return;
    const auto k = at(nlp_.slackOf(row));
    ofSides_ += size;
    const double side = y < 0 ? nlp_.givenLower()[k] : nlp_.givenUpper()[k];
    if (y != 0 && !std::isfinite(side)) gradient_ = std::max(gradient_, size);
    addSides(k, c, terms, std::max(0.0, -y), std::max(0.0, y));
  }
  bool holds() const {
    constexpr double gradient = 1, product = 1e-4;  // Ipopt's limits for the problem as given
    constexpr double large = 100, most = 1e8;
    const auto scale = [&](double sum, int count) {
      return std::min(most, std::max(large, sum / std::max(1, count)) / large);
    };
    const double tolerance = nlp_.settings().tolerance, given = std::min(1.0, nlp_.model().objectiveScale());
    return gradient_ <= std::min(gradient * given, tolerance * scale(ofSides_ + ofRows_, sides_ + nlp_.m())) &&
           product_ <= std::min(product * given, tolerance * scale(ofSides_, sides_));
  }

 private:
  void addSides(std::size_t j, double value, double terms, double zL, double zU) {
    addSide(j, terms, nlp_.givenLower()[j], value - nlp_.givenLower()[j], zL);
    addSide(j, terms, nlp_.givenUpper()[j], nlp_.givenUpper()[j] - value, zU);
  }
  void addSide(std::size_t j, double terms, double bound, double room, double multiplier) {
    if (!std::isfinite(bound)) return;
    ++sides_;
    const double apart = room < 0 ? std::max(0.0, -room - nlp_.relaxation(j, bound)) : room;
    if (apart <= BarrierNlp::Tuning::slackRounding * std::max(std::abs(bound), terms)) return;
    product_ = std::max(product_, unit_ * multiplier * apart);
  }

  const BarrierNlp& nlp_;
  const double unit_;  // factor that undoes what scaling up adds to multipliers
  double gradient_ = 0, product_ = 0;
  double ofSides_ = 0, ofRows_ = 0;  // sums of multipliers
  int sides_ = 0;
};

}  // namespace

bool confirmed(const BarrierNlp& nlp, const BarrierPoint& point) {
  Judge judge(nlp);
  for (std::size_t j = 0; j < at(nlp.n()); ++j) {
    judge.addVariable(j, point.v[j], point.at.g[j], point.zL[j], point.zU[j]);
  }
  for (int i = 0; i < nlp.m(); ++i) {
    judge.addRow(i, point.at.c[at(i)], nlp.model().largestTerm(point.at, i), point.at.lambda[at(i)]);
  }
  return judge.holds() && nlp.holdsAsGiven(point);
}

}  // namespace nonconvex
