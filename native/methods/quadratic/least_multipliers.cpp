#include "methods/quadratic/least_multipliers.hpp"

#include <utility>

#include "core/index.hpp"
#include "methods/quadratic/proximal_interior_point.hpp"

namespace nonconvex {
namespace {

/// The bounds that a multiplier has by the side that it is of.
struct Signs {
  double low, high;

  Signs(ActiveSide side, bool equation)
      : low(equation || side == ActiveSide::low ? -infinity : 0),
        high(equation || side == ActiveSide::high ? infinity : 0) {}
};

class LeastProgram {
 public:
  struct Tuning {
    static constexpr int iterations = 40;  ///< safeguard: programs whose multipliers are worth it take 30
  };

  LeastProgram(const ConvexQuadratic& of, const std::vector<double>& x, const std::vector<ActiveSide>& active)
      : of_(of), active_(active), gradient_(of.c.size()) {
    preciseGradient(of, {x, std::vector<double>(at(of.rows())), {}}, gradient_);
    takeVariables();
    takeRows();
  }

  const ConvexQuadratic& program() const { return least_; }
  /// The multipliers of all sides by those of the active rows.
  QuadraticPoint point(const std::vector<double>& x, const std::vector<double>& found) const {
    QuadraticPoint point{x, std::vector<double>(at(of_.rows())), std::vector<double>(x.size())};
    for (std::size_t k = 0; k < rows_.size(); ++k) point.y[rows_[k]] = found[k];
    std::vector<double> gradient(x.size());
    preciseGradient(of_, point, gradient);
    for (std::size_t j = 0; j < x.size(); ++j) {
      if (active_[at(of_.rows()) + j] != ActiveSide::none) point.z[j] = -gradient[j];
    }
    return point;
  }

 private:
  void takeVariables() {
    for (std::size_t i = 0; i < at(of_.rows()); ++i) {
      if (active_[i] == ActiveSide::none) continue;
      const Signs signs(active_[i], of_.atLeast[i] == of_.atMost[i]);
      rows_.push_back(i);
      least_.lower.push_back(signs.low);
      least_.upper.push_back(signs.high);
    }
    least_.c.assign(rows_.size(), 0.0);
    least_.q.values.assign(rows_.size(), 1.0);
    SparsePattern& q = least_.q.pattern;
    q.lines = q.width = static_cast<int>(rows_.size());
    for (int k = 0; k < q.lines; ++k) {
      q.indices.push_back(k);
      q.offsets.push_back(k + 1);
    }
  }

  /// A row for each variable that is not fixed: G^T y = -(Q x + c) - z.
  void takeRows() {
    const SparsePattern& g = of_.g.pattern;
    std::vector<std::vector<std::pair<int, double>>> columns(gradient_.size());
    for (std::size_t k = 0; k < rows_.size(); ++k) {
      for (std::size_t e = at(g.offsets[rows_[k]]); e < at(g.offsets[rows_[k] + 1]); ++e) {
        columns[at(g.indices[e])].emplace_back(static_cast<int>(k), of_.g.values[e]);
      }
    }
    PatternedMatrix& to = least_.g;
    to.pattern.width = static_cast<int>(rows_.size());
    for (std::size_t j = 0; j < gradient_.size(); ++j) {
      if (of_.lower[j] == of_.upper[j]) continue;
      const Signs z(active_[at(of_.rows()) + j], false);
      for (const auto& [k, value] : columns[j]) {
        to.pattern.indices.push_back(k);
        to.values.push_back(value);
      }
      to.pattern.offsets.push_back(static_cast<int>(to.values.size()));
      ++to.pattern.lines;
      least_.atLeast.push_back(-gradient_[j] - z.high);
      least_.atMost.push_back(-gradient_[j] - z.low);
    }
  }

  const ConvexQuadratic& of_;
  const std::vector<ActiveSide>& active_;
  std::vector<double> gradient_;
  std::vector<std::size_t> rows_;
  ConvexQuadratic least_;
};

}  // namespace

std::optional<QuadraticPoint> leastMultipliers(const Cpu& la, const ConvexQuadratic& program,
                                               const std::vector<double>& x, const std::vector<ActiveSide>& active,
                                               double tolerance) {
  const LeastProgram least(program, x, active);
  if (least.program().c.empty()) return std::nullopt;
  ProximalInteriorPoint method(la, least.program(), tolerance);
  std::optional<Status> status = method.start();
  for (int k = 0; !status && k < LeastProgram::Tuning::iterations; ++k) status = method.step();
  if (status != Status::solved) return std::nullopt;
  return least.point(x, method.point().x);
}

}  // namespace nonconvex
