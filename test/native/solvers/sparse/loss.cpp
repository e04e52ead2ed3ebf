// Losses of all rows against their definitions: Cox's partial likelihood is summed here over every pair of rows.
#include <cmath>
#include <utility>
#include <vector>

#include "check.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/random.hpp"
#include "solvers/sparse/losses/losses.hpp"
#include "solvers/sparse/problem.hpp"

using namespace nonconvex;

namespace {

struct Case {
  SparseSettings settings;
  bool strata = false, weights = false, ties = true, late = false;
};

std::vector<Case> cases() {
  std::vector<Case> made;
  for (const auto family : {SparseFamily::gaussian, SparseFamily::binomial, SparseFamily::poisson, SparseFamily::gamma,
                            SparseFamily::huber, SparseFamily::quantile, SparseFamily::cox}) {
    Case one;
    one.settings.family = family;
    one.settings.huberDelta = 0.7;
    one.settings.level = 0.8;
    made.push_back(one);
    one.weights = true;
    made.push_back(one);
    if (family != SparseFamily::cox) continue;
    one.strata = true;
    made.push_back(one);
    one.settings.ties = CoxTies::breslow;
    made.push_back(one);
    one.late = true;
    made.push_back(one);
    one.settings.ties = CoxTies::efron;
    made.push_back(one);
    one.strata = one.weights = one.ties = one.late = false;
    one.settings.ties = CoxTies::breslow;
    made.push_back(one);
    one.late = true;
    made.push_back(one);
  }
  return made;
}

/// A regression of each case, whose x has nothing to say here.
struct Drawn {
  std::vector<double> x, y;
  SparseProblem problem;
  std::vector<double> t;
};

Drawn draw(const Case& of, int n, std::uint64_t seed) {
  Drawn made;
  const Random random(seed);
  std::uint64_t next = 0;
  for (int i = 0; i < n; ++i) {
    const double z = random.normal(next++);
    made.x.push_back(z);
    made.t.push_back(1.5 * random.normal(next++));
    const double share = random.uniform(next++);
    double y = 2 * z;
    if (of.settings.family == SparseFamily::binomial) y = z > 0;
    if (of.settings.family == SparseFamily::poisson) y = std::floor(std::exp(z));
    if (of.settings.family == SparseFamily::gamma) y = std::exp(z);
    if (of.settings.family == SparseFamily::cox) {
      y = of.ties ? std::ceil(3 * share) : share;
      made.problem.event.push_back(random.uniform(next++) < 0.6 || i == 0);
      if (of.strata) made.problem.strata.push_back(i % 3);
      if (of.late) {
        const double start = y * random.uniform(next++);
        made.problem.start.push_back(i % 4 == 0 ? -infinity : of.ties ? std::floor(start) : start);
      }
    }
    made.y.push_back(y);
    if (of.weights) made.problem.sampleWeight.push_back(i % 5 == 4 ? 0 : 0.5 + random.uniform(next++));
    made.problem.offset.push_back(random.normal(next++) / 3);
  }
  made.problem.x = MatrixInput{.f64 = made.x.data(), .rows = n, .columns = 1};
  made.problem.y = made.y;
  return made;
}

/// Calls f(case, data, loss, t) for small problems of each case.
template <class F>
void forEachCase(F&& f) {
  std::uint64_t seed = 0;
  for (const Case& each : cases()) {
    for (const int n : {1, 2, 9, 100}) {
      const Drawn drawn = draw(each, n, ++seed);
      const SparseData data(Cpu(), drawn.problem, each.settings);
      const auto loss = makeRowsLoss(data);
      const long before = check::failures;
      f(each, data, *loss, drawn.t);
      if (check::failures != before)
        std::fprintf(stderr, "  with the family %d, n = %d\n", static_cast<int>(data.family), n);
    }
  }
}

double valueAt(RowsLoss& loss, const std::vector<double>& t) {
  std::vector<double> first(t.size()), second(t.size());
  const double value = loss.evaluate(t, first, second);
  return loss.envelope() ? loss.envelope()->exact(t) : value;
}

/// Minus the logarithm of Cox's partial likelihood, over all pairs of rows.
double coxByPairs(const SparseData& data, const std::vector<double>& t) {
  double sum = 0;
  const auto stratum = [&](int i) { return data.strata.empty() ? 0 : data.strata[at(i)]; };
  for (int i = 0; i < data.n(); ++i) {
    if (data.event[at(i)] == 0 || data.weights[at(i)] == 0) continue;
    double risk = 0, tied = 0, weight = 0;
    int before = 0, count = 0;  // events at this time: those listed before this one, and all
    for (int j = 0; j < data.n(); ++j) {
      if (stratum(j) != stratum(i) || data.weights[at(j)] == 0) continue;
      const double theta = data.weights[at(j)] * std::exp(t[at(j)]);
      const bool started = data.start.empty() || data.start[at(j)] < data.y[at(i)];
      if (data.y[at(j)] >= data.y[at(i)] && started) risk += theta;
      if (data.y[at(j)] != data.y[at(i)] || data.event[at(j)] == 0) continue;
      tied += theta;
      weight += data.weights[at(j)];
      before += j < i;
      ++count;
    }
    const bool efron = data.ties == CoxTies::efron;
    sum += (efron ? weight / count : data.weights[at(i)]) * std::log(risk - (efron ? before * tied / count : 0)) -
           data.weights[at(i)] * t[at(i)];
  }
  return sum;
}

}  // namespace

TEST(derivatives_and_curvatures_are_differences) {
  forEachCase([](const Case& of, const SparseData& data, RowsLoss& loss, std::vector<double> t) {
    const std::size_t n = t.size();
    std::vector<double> first(n), second(n), up(n), down(n), rest(n);
    loss.evaluate(t, first, second);
    const double h = 1e-5;
    for (std::size_t i = 0; i < n; ++i) {
      const double here = t[i];
      t[i] = here + h;
      const double above = loss.evaluate(t, up, rest);
      t[i] = here - h;
      const double below = loss.evaluate(t, down, rest);
      t[i] = here;
      CHECK_NEAR((above - below) / (2 * h), first[i], 1e-8);
      CHECK(second[i] >= 0);
      const bool kinked = of.settings.family == SparseFamily::huber || of.settings.family == SparseFamily::quantile;
      if (!kinked) CHECK_NEAR((up[i] - down[i]) / (2 * h), second[i], 1e-8);
      if (data.weights[i] == 0) CHECK(first[i] == 0 && second[i] == 0);
    }
  });
}

TEST(cox_is_the_partial_likelihood) {
  forEachCase([](const Case& of, const SparseData& data, RowsLoss& loss, const std::vector<double>& t) {
    if (of.settings.family != SparseFamily::cox) return;
    CHECK_NEAR(valueAt(loss, t), coxByPairs(data, t), 1e-12);
  });
}

/// The Hessian, a diagonal less outer products, along steps.
TEST(cox_has_all_second_derivatives) {
  std::uint64_t next = 0;
  const Random random(17);
  forEachCase([&](const Case& of, const SparseData& /*data*/, RowsLoss& loss, const std::vector<double>& t) {
    if (of.settings.family != SparseFamily::cox) return;
    const std::size_t n = t.size();
    std::vector<double> first(n), second(n), h(n), step(n), products(at(loss.outerTerms())), to(n);
    loss.exactCurvatures(t, 2, h);
    for (std::size_t i = 0; i < n; ++i) step[i] = random.normal(next++);
    loss.evaluate(step, first, second);  // what was evaluated last is of no concern
    loss.outerProducts(step.data(), products.data());
    double curvature = 0;
    for (std::size_t i = 0; i < n; ++i) curvature += h[i] * step[i] * step[i];
    for (const double product : products) curvature -= product * product;
    const double by = 1e-4;
    const auto slope = [&](double share) {
      for (std::size_t i = 0; i < n; ++i) to[i] = t[i] + share * step[i];
      loss.evaluate(to, first, second);
      double sum = 0;
      for (std::size_t i = 0; i < n; ++i) sum += first[i] * step[i];
      return sum;
    };
    CHECK_NEAR(curvature / 2, (slope(by) - slope(-by)) / (2 * by), 1e-6);
  });
}

/// No value of the dual of derivatives is above the loss less their product with predictions, at any predictions; with
/// a share of 1 it is that at the predictions whose derivatives they are.
TEST(dual_values_are_below) {
  std::uint64_t next = 0;
  const Random random(99);
  forEachCase([&](const Case& /*of*/, const SparseData& data, RowsLoss& loss, const std::vector<double>& t) {
    const std::size_t n = t.size();
    std::vector<double> slopes(n), second(n), z(n);
    loss.evaluate(t, slopes, second);
    const auto along = [&](const std::vector<double>& u, double share) {
      double product = 0;
      for (std::size_t i = 0; i < n; ++i) product += share * slopes[i] * (u[i] - data.offset[i]);
      return valueAt(loss, u) - product;
    };
    CHECK(loss.feasibleShare(slopes) > 1 - 1e-12);
    if (!loss.envelope()) CHECK_NEAR(loss.dualValueAt(slopes, 1, t), along(t, 1), 1e-12);
    for (const double share : {1.0, 0.999, 0.7, 0.1}) {
      const double bound = loss.dualValueAt(slopes, share, t);
      CHECK(std::isfinite(bound));
      for (int k = 0; k < 40; ++k) {
        const double size = std::ldexp(1.0, -k % 8);
        for (std::size_t i = 0; i < n; ++i) z[i] = t[i] + size * random.normal(next++);
        CHECK(along(z, share) >= bound - 1e-12);
      }
    }
  });
}

TEST(perfect_losses_are_infima) {
  std::uint64_t next = 0;
  const Random random(98);
  forEachCase([&](const Case& of, const SparseData& data, RowsLoss& loss, std::vector<double> t) {
    for (int k = 0; k < 50; ++k) {
      for (double& each : t) each = 3 * random.normal(next++);
      CHECK(valueAt(loss, t) >= loss.perfect() - 1e-12);
    }
    // Events of Cox's far above whatever comes to risk after them.
    if (of.settings.family != SparseFamily::cox) return;
    for (std::size_t i = 0; i < t.size(); ++i) t[i] = -40 * data.y[i] - (data.event[i] == 0 ? 30 : 0);
    CHECK_NEAR(valueAt(loss, t), loss.perfect(), of.ties ? 1e-8 : 1);
  });
}

TEST(steep_models_are_above) {
  std::uint64_t next = 0;
  const Random random(97);
  forEachCase([&](const Case& of, const SparseData& /*data*/, RowsLoss& loss, const std::vector<double>& t) {
    if (of.settings.family != SparseFamily::huber && of.settings.family != SparseFamily::quantile) return;
    const std::size_t n = t.size();
    std::vector<double> first(n), second(n), h(n), z(n), rest(n), unused(n);
    const double here = loss.evaluate(t, first, second);
    loss.curvatures(t, second, 1e6, h);
    for (int k = 0; k < 50; ++k) {
      double model = here;
      for (std::size_t i = 0; i < n; ++i) {
        const double step = 3 * random.normal(next++);
        z[i] = t[i] + step;
        model += first[i] * step + h[i] / 2 * step * step;
      }
      CHECK(loss.evaluate(z, rest, unused) <= model + 1e-12);
    }
  });
}

/// A minimum of an envelope, of one prediction for all rows, becomes a quantile as multipliers change.
TEST(envelopes_lead_to_quantiles) {
  Case of;
  of.settings.family = SparseFamily::quantile;
  of.settings.level = 0.3;
  const Drawn drawn = draw(of, 9, 5);
  const SparseData data(Cpu(), drawn.problem, of.settings);
  const auto loss = makeRowsLoss(data);
  std::vector<double> sorted = drawn.y, t(9, 0.0), first(9), second(9);
  std::sort(sorted.begin(), sorted.end());
  for (int k = 0; k < 30; ++k) {
    double low = sorted.front(), high = sorted.back();
    for (int halving = 0; halving < 60; ++halving) {
      const double middle = (low + high) / 2;
      std::fill(t.begin(), t.end(), middle);
      loss->evaluate(t, first, second);
      double sum = 0;
      for (const double each : first) sum += each;
      (sum > 0 ? high : low) = middle;
    }
    loss->envelope()->update(t);
  }
  CHECK_NEAR(t[0], sorted[2], 1e-9);
}
